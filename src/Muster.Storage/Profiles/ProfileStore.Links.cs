using System.Globalization;
using DuckDB.NET.Data;
using Muster.Storage.Identity;

namespace Muster.Storage.Profiles;

/// <content>What holds people together.</content>
public sealed partial class ProfileStore
{
    /// <summary>
    /// The links inside each of some groups of identities, as published last: those of the files of all batches, read at each call.
    /// </summary>
    public async Task<IReadOnlyList<IReadOnlyList<IdentityLink>>> ReadLinksAsync(
        IReadOnlyList<IReadOnlyList<(string Namespace, string Id)>> groups, CancellationToken cancellationToken)
    {
        var groupOf = new Dictionary<int, int>();
        string[] pinned;
        lock (_gate)
        {
            for (int group = 0; group < groups.Count; group++)
                foreach ((string ns, string id) in groups[group])
                    if (groups[group].Count > 1 && _graph.FindIdentity(ns, id) is >= 0 and int identity) groupOf[identity] = group;
            pinned = groupOf.Count == 0 ? [] : [.. _current.Manifest.LinkFiles.Select(l => l.File)];
            // An erasure or a revert deletes files that only an older state names.
            foreach (string file in pinned) _pins[file] = _pins.GetValueOrDefault(file) + 1;
        }

        try
        {
            List<IdentityLink>[] links = [.. groups.Select(_ => new List<IdentityLink>())];
            if (pinned.Length > 0) await Task.Run(() => ReadLinks(pinned, groupOf, links), cancellationToken).ConfigureAwait(false);
            return links;
        }
        finally
        {
            lock (_gate)
            {
                foreach (string file in pinned)
                    if (--_pins[file] == 0) _pins.Remove(file);
            }
        }
    }

    private void ReadLinks(string[] files, Dictionary<int, int> groupOf, List<IdentityLink>[] links)
    {
        // Files are sorted by their first identity: a bound lets most of them be passed over by what the reading instance has kept of their ends.
        string wanted = "(" + string.Join(',', groupOf.Keys.Select(i => i.ToString(CultureInfo.InvariantCulture))) + ")";
        string bound = string.Create(CultureInfo.InvariantCulture, $"BETWEEN {groupOf.Keys.Min()} AND {groupOf.Keys.Max()}");
        using DuckDBConnection connection = _reading.Duplicate();
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = "SELECT first, second, min(time), max(time), list(DISTINCT dataset), list(DISTINCT batch) "
            + $"FROM ({LinkFile.Select([.. files.Select(f => Path.Combine(_folder, f))])}) "
            + $"WHERE first {bound} AND second {bound} AND first IN {wanted} AND second IN {wanted} GROUP BY first, second ORDER BY first, second";
        using DuckDBDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            (int first, int second) = ((int)reader.GetInt64(0), (int)reader.GetInt64(1));
            if (groupOf[first] != groupOf[second]) continue;
            links[groupOf[first]].Add(new IdentityLink(
                _graph.Identity(first), _graph.Identity(second), reader.GetInt64(2), reader.GetInt64(3), Texts(reader, 4), Texts(reader, 5)));
        }
    }

    private static string[] Texts(DuckDBDataReader reader, int column) =>
        [.. reader.GetFieldValue<List<string>>(column).Order(StringComparer.Ordinal)];
}
