using DuckDB.NET.Data;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>
/// Which events of a dataset do not count, since an earlier one has their <c>_id</c>: worked out from the lake alone. Asked for file by file in
/// the order of arrival. Memory: the ids that occur more than once.
/// </summary>
/// <param name="workspace">Reads the files.</param>
/// <param name="folder">The sandbox folder.</param>
/// <param name="batches">The batches of the state in the order of their sequence.</param>
internal sealed class RepeatedEvents(DuckDbWorkspace workspace, string folder, IReadOnlyList<LakeBatch> batches)
{
    private readonly Dictionary<string, Dataset?> _datasets = new(StringComparer.Ordinal);

    /// <summary>Compares the keys of a file.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="lake">The lake file.</param>
    /// <param name="keys">What its key file says.</param>
    /// <returns>The first row of which the keys say something else; -1 if there is none, or the files of the dataset cannot be read.</returns>
    public int FirstWrong(LakeBatch batch, string lake, int[] keys)
    {
        if (!_datasets.TryGetValue(batch.DatasetId, out Dataset? dataset)) _datasets.Add(batch.DatasetId, dataset = Read(batch.DatasetId));
        if (dataset is null) return -1;
        Dictionary<long, string> repeated = dataset.Repeated.GetValueOrDefault(lake) ?? [];
        int wrong = -1;
        for (int row = 0; row < keys.Length; row++)
        {
            // An event that is nobody's takes no part.
            bool repeats = KeyFile.IdentityOf(keys[row]) >= 0 && repeated.TryGetValue(row, out string? id) && !dataset.Seen.Add(id);
            if (repeats != keys[row] < -1 && wrong < 0) wrong = row;
        }

        return wrong;
    }

    private Dataset? Read(string datasetId)
    {
        var dataset = new Dataset([], new HashSet<string>(StringComparer.Ordinal));
        Dictionary<string, string> files = batches.Where(b => b.DatasetId == datasetId && b.Schema.TryGetField(RecordColumns.Id, out _))
            .SelectMany(b => b.Files).ToDictionary(f => Path.Combine(folder, f), StringComparer.Ordinal);
        if (files.Count == 0) return dataset;
        string all = $"read_parquet({SqlText.Literals(files.Keys)}, filename = true, file_row_number = true)";
        try
        {
            using DuckDBDataReader reader = workspace.Query(
                $"SELECT filename, file_row_number, \"_id\" FROM {all} WHERE \"_id\" IN (SELECT \"_id\" FROM {all} GROUP BY \"_id\" HAVING count(*) > 1)");
            while (reader.Read())
            {
                string file = files[reader.GetString(0)];
                if (!dataset.Repeated.TryGetValue(file, out Dictionary<long, string>? rows)) dataset.Repeated.Add(file, rows = []);
                rows.Add(reader.GetInt64(1), reader.GetString(2));
            }
        }
        catch (DuckDBException)
        {
            // The file is reported as damaged where it is read by itself.
            return null;
        }

        return dataset;
    }

    private sealed record Dataset(Dictionary<string, Dictionary<long, string>> Repeated, HashSet<string> Seen);
}
