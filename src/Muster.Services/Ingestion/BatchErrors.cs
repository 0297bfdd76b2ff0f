using System.Text.Json;
using Muster.Storage.Lake;

namespace Muster.Services.Ingestion;

/// <summary>The faults of a batch as its row keeps them and the catalog shows them.</summary>
internal static class BatchErrors
{
    public static string ToJson(IEnumerable<LoadError> errors) => JsonSerializer.Serialize(errors.Select(e =>
        new { code = e.Code, description = e.Description, recordCount = e.Count, rows = e.Rows.Select(r => $"{r.FileName}:{r.Row}") }));
}
