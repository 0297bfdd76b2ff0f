using Muster.Services;

namespace Muster.Server.Api.Ingestion;

/// <summary>The query parameter <c>action</c> (older documents: <c>actions</c>), in any case.</summary>
internal static class BatchActions
{
    public static string Read(IQueryCollection query, params string[] known)
    {
        string action = query.Text("action") ?? query.Text("actions")
            ?? throw new RequestRefusedException(400, "request.query", $"The query parameter 'action' is missing: {string.Join(", ", known)}.");
        string name = action.ToUpperInvariant();
        return known.Contains(name)
            ? name
            : throw new RequestRefusedException(400, "batch.action", $"The action '{action}' is not supported here. Use one of: {string.Join(", ", known)}.");
    }
}
