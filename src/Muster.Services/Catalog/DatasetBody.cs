using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Muster.Pql.Types;
using Muster.Services.Requests;
using Muster.Storage.ControlPlane;
using Muster.Storage.Lake;
using Muster.Storage.Schemas;

namespace Muster.Services.Catalog;

/// <summary>The part of a dataset that clients write: checked, stripped of what only the server writes, and split into columns.</summary>
internal static class DatasetBody
{
    private static readonly HashSet<string> ReadOnly = new(StringComparer.Ordinal)
    {
        "id", "imsOrg", "sandboxId", "created", "updated", "createdClient", "createdUser", "updatedUser", "version", "viewId", "basePath", "files",
        "lastBatchId", "lastBatchStatus", "lastSuccessfulBatch", "lastFailedBatch", "dule", "statsCache", "persistence", "classification",
        "observableSchema",
    };

    /// <summary>What a client could have sent to make the dataset as it is.</summary>
    public static JsonObject Read(Dataset dataset)
    {
        JsonObject body = JsonNode.Parse(dataset.Body)!.AsObject();
        if (dataset.SchemaDeclared && dataset.SchemaText is { } text) body["schema"] = JsonNode.Parse(text);
        return body;
    }

    /// <summary>Whether records were read by the schema of a dataset and still count.</summary>
    public static Task<bool> HoldsDataAsync(ControlPlaneContext context, string datasetId, CancellationToken cancellationToken) =>
        context.Batches.AnyAsync(b => b.DatasetId == datasetId && b.Status == BatchStatus.Success, cancellationToken);

    /// <summary>Writes a client's body into the dataset.</summary>
    /// <param name="dataset">Takes it.</param>
    /// <param name="body">What the client sent.</param>
    /// <param name="holdsData">See <see cref="HoldsDataAsync"/>.</param>
    /// <exception cref="RequestRefusedException">A field has the wrong type, or data that is there forbids the change.</exception>
    public static void Write(Dataset dataset, JsonObject body, bool holdsData)
    {
        var kept = new JsonObject();
        foreach ((string name, JsonNode? value) in body)
            if (value is not null && !ReadOnly.Contains(name)) kept[name] = value.DeepClone();
        Check(kept);
        string? schema = null;
        if (kept["schema"] is JsonObject declared)
        {
            schema = declared.ToJsonString();
            if (JsonSchemaReader.Read(schema).Errors is { Count: > 0 } errors)
                throw JsonFields.WrongValue("schema", "is not a JSON Schema that records can have: " + string.Join(" ", errors));
            kept.Remove("schema");
        }

        string reference = kept.Object("schemaRef")?.RequiredText("id") ?? "";
        bool isUnion = reference.Contains("context/profile__union", StringComparison.Ordinal);
        string? behavior = Behavior(reference);
        if (holdsData) RequireSameShape(dataset, isUnion, behavior, schema);
        dataset.Name = kept.Text("name") ?? "";
        dataset.IsUnion = isUnion;
        dataset.Behavior = behavior ?? dataset.Behavior;
        if (schema is not null) dataset.SchemaText = schema;
        else if (dataset.SchemaDeclared) dataset.SchemaText = null;
        dataset.SchemaDeclared = schema is not null;
        dataset.Body = kept.ToJsonString();
    }

    private static string? Behavior(string reference) => reference switch
    {
        _ when reference.Contains("experienceevent", StringComparison.OrdinalIgnoreCase) => "time-series",
        _ when reference.Contains("context/profile", StringComparison.Ordinal) => "record",
        _ => null,
    };

    // Files that are there were read with the schema of their time; another one would change what they mean.
    private static void RequireSameShape(Dataset dataset, bool isUnion, string? behavior, string? schema)
    {
        bool sameSchema = !dataset.SchemaDeclared
            ? schema is null || KeepsWhatWasFound(dataset, schema)
            : schema is not null && JsonNode.DeepEquals(JsonNode.Parse(schema), JsonNode.Parse(dataset.SchemaText!));
        if (isUnion != dataset.IsUnion || (behavior is not null && behavior != dataset.Behavior) || !sameSchema)
            throw new RequestRefusedException(400, "dataset.schemaInUse", "The schema of a dataset that holds batches cannot be changed.");
    }

    // Inference proposes, and the first schema that is declared fixes: it may say more than the data, but nothing else.
    private static bool KeepsWhatWasFound(Dataset dataset, string schema)
    {
        if (dataset.SchemaText is null) return true;
        DatasetBehavior behavior = dataset.Behavior == "time-series" ? DatasetBehavior.TimeSeries : DatasetBehavior.Record;
        DataType declared = RecordColumns.AddTo(SchemaText.Parse(schema), behavior), found = SchemaText.Parse(dataset.SchemaText);
        SchemaUnionResult union = SchemaUnion.Of(declared, found);
        if (union.Conflicts is [{ } conflict, ..])
            throw new RequestRefusedException(400, "dataset.schemaInUse", $"The dataset holds data in which '{conflict.Path}' has another type: {conflict.Dropped}.");
        if (!union.Type.Equals(declared))
            throw new RequestRefusedException(400, "dataset.schemaInUse",
                "The dataset holds data with fields that the schema does not have, or has in a narrower type: see its observableSchema.");
        return true;
    }

    private static void Check(JsonObject body)
    {
        foreach (string name in (string[])["name", "description", "state", "namespace"]) body.Text(name);
        body.Flag("enableErrorDiagnostics");
        body.Object("fileDescription");
        body.Object("extensions");
        if (body.Object("schemaRef") is { } reference)
        {
            reference.RequiredText("id");
            reference.Text("contentType");
        }

        if (body["schema"] is { } schema && schema is not JsonObject && schema.GetValueKind() != JsonValueKind.String)
            throw JsonFields.WrongType("schema", "a JSON Schema object");
        if (body.Object("tags") is { } tags)
            foreach ((string tag, _) in tags) _ = tags.Texts(tag) ?? throw JsonFields.WrongType("tags", "an object of arrays of strings");
    }
}
