using System.Net;
using System.Text.Json.Nodes;
using Muster.Cli.Commands;

namespace Muster.Cli.Http;

/// <summary>Finds datasets the way people name them.</summary>
internal static class DatasetCalls
{
    private const string Path = "/data/foundation/catalog/dataSets";

    /// <summary>The dataset of an id or a name; a new one of that name if there is none.</summary>
    /// <param name="client">Logged in.</param>
    /// <param name="nameOrId">24 hexadecimal digits are an id.</param>
    /// <param name="isEvents">What a new one holds; null leaves it to the first record.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandFailedException">An unknown id, or a name that several have.</exception>
    public static async Task<(string Id, bool IsNew)> FindOrCreateDatasetAsync(
        this MusterClient client, string nameOrId, bool? isEvents, CancellationToken cancellationToken)
    {
        if (IsId(nameOrId))
        {
            using HttpResponseMessage found = await client.SendRawAsync(HttpMethod.Get, $"{Path}/{nameOrId}", null, cancellationToken);
            if (found.StatusCode == HttpStatusCode.NotFound)
                throw new CommandFailedException($"There is no dataset with the id '{nameOrId}' in this sandbox. Give a name to make a new one.");
            return (nameOrId, false);
        }

        string[] ids = [.. await NamedAsync(client, nameOrId, cancellationToken)];
        return ids switch
        {
            [] => (await client.CreateDatasetAsync(nameOrId, isEvents, cancellationToken), true),
            [var one] => (one, false),
            _ => throw new CommandFailedException($"{ids.Length} datasets have the name '{nameOrId}'. Give the id of one: {string.Join(", ", ids)}."),
        };
    }

    private static async Task<IEnumerable<string>> NamedAsync(MusterClient client, string name, CancellationToken cancellationToken)
    {
        // The filter knows wildcards; what it finds is compared again.
        string filter = Uri.EscapeDataString("name==" + name.Replace("*", "**", StringComparison.Ordinal));
        JsonNode found = await client.GetAsync($"{Path}?limit=100&properties=name&property={filter}", cancellationToken);
        return found.AsObject().Where(d => (string?)d.Value?["name"] == name).Select(d => d.Key);
    }

    private static bool IsId(string text) => text.Length == 24 && text.All(char.IsAsciiHexDigitLower);
}
