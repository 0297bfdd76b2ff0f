using DuckDB.NET.Data;
using Muster.Storage.Profiles;

namespace Muster.Storage.Maintenance;

/// <summary>Whether the runs of a view hold each profile that there must be once, with the events that its identities must have.</summary>
/// <param name="root">Attaches runs.</param>
/// <param name="folder">The sandbox folder.</param>
/// <param name="lookups">The folder of the lookup store.</param>
/// <param name="identities">What must be there.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ViewCheck(DuckDBConnection root, string folder, string lookups, IdentityCheck identities, Findings findings)
{
    private const string Derived = "It is derived: it is made anew by the first job or lookup that meets the damage, by the next start, or by 'muster store rebuild'.";

    public void Run(ProfileView view, CancellationToken cancellationToken)
    {
        List<RunFile>? runs = Open(view);
        if (runs is null) return;
        try
        {
            var open = new OpenView(view, runs);
            findings.Count("profiles", open.ProfileCount);
            if (open.ProfileCount != view.ProfileCount)
                findings.Add("run.count", Name(view), $"{open.ProfileCount} profiles count; the manifest says {view.ProfileCount}.");
            ComparePopulation(open);
            if (!CompareEvents(open, cancellationToken)) return;
            for (int run = 0; run < runs.Count; run++)
            {
                int number = run;
                LookupCheck.Run(runs[run], place => open.IsAlive(number, place), lookups, findings, cancellationToken);
            }
        }
        finally
        {
            foreach (RunFile run in runs) run.Close();
        }
    }

    private List<RunFile>? Open(ProfileView view)
    {
        var runs = new List<RunFile>();
        bool isWhole = true;
        foreach (RunEntry entry in view.Runs)
        {
            try
            {
                runs.Add(RunFile.Open(root, folder, entry.File, "verified" + runs.Count));
                RunFile run = runs[^1];
                if (run.Ordinals.Length != entry.Profiles || run.Events != entry.Events || run.Tombstones.Length != entry.Tombstones)
                    findings.Add("run.count", Place(entry.File), $"It has {run.Ordinals.Length} profiles, {run.Events} events and {run.Tombstones.Length} "
                        + $"tombstones; the manifest says {entry.Profiles}, {entry.Events} and {entry.Tombstones}.");
                for (int i = 1; i < run.Ordinals.Length; i++)
                    if (run.Ordinals[i] <= run.Ordinals[i - 1])
                    {
                        findings.Add("run.order", Place(entry.File), $"Profile {run.Ordinals[i]} comes after profile {run.Ordinals[i - 1]}.");
                        break;
                    }
            }
            catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException or DuckDBException or IOException)
            {
                findings.Add("run.damaged", Place(entry.File), $"{fault.Message} {Derived}");
                isWhole = false;
            }
        }

        if (isWhole) return runs;
        foreach (RunFile run in runs) run.Close();
        return null;
    }

    private void ComparePopulation(OpenView open)
    {
        ProfileSpace space = new(open.View.Method.Graph, identities.Graph!);
        var expected = new HashSet<long>();
        foreach ((string dataset, bool[] present) in identities.Present)
        {
            if (!open.View.Method.Includes(dataset)) continue;
            for (int identity = 0; identity < present.Length; identity++)
                if (present[identity]) expected.Add(space.ProfileOf(identity));
        }

        var found = new HashSet<long>();
        for (int run = 0; run < open.Runs.Count; run++)
            for (int place = 0; place < open.Runs[run].Ordinals.Length; place++)
                if (open.IsAlive(run, place) && !found.Add(open.Runs[run].Ordinals[place]))
                    findings.Add("profile.twice", Place(open.Runs[run].File), $"Profile {open.Runs[run].Ordinals[place]} counts in another run too.");
        foreach (long missing in expected.Except(found)) findings.Add("profile.missing", Name(open.View), $"Profile {missing} has records and is in no run.");
        foreach (long surplus in found.Except(expected)) findings.Add("profile.surplus", Name(open.View), $"Profile {surplus} is in a run and has no records.");
    }

    /// <returns>False if a run is damaged.</returns>
    private bool CompareEvents(OpenView open, CancellationToken cancellationToken)
    {
        ProfileSpace space = new(open.View.Method.Graph, identities.Graph!);
        int[] found = new int[identities.Graph!.Identities.Count];
        long total = 0;
        for (int run = 0; run < open.Runs.Count; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunFile file = open.Runs[run];
            try
            {
                DerivedFileCheck.ReadWhole(file);
                using DuckDBConnection connection = file.Connect();
                using DuckDBCommand command = connection.CreateCommand();
                command.CommandText = $"SELECT _place, _identity, count(*) FROM {file.Alias}.event GROUP BY _place, _identity";
                using DuckDBDataReader reader = command.ExecuteReader();
                while (reader.Read())
                {
                    int place = reader.GetInt32(0), identity = reader.GetInt32(1);
                    if (place < 0 || place >= file.Ordinals.Length || identity < 0 || identity >= found.Length || space.ProfileOf(identity) != file.Ordinals[place])
                    {
                        if (place < 0 || place >= file.Ordinals.Length || open.IsAlive(run, place))
                            findings.Add("event.profile", Place(file.File), $"Events of identity {identity} are with profile {(place >= 0 && place < file.Ordinals.Length ? file.Ordinals[place] : place)}.");
                        continue;
                    }

                    if (!open.IsAlive(run, place)) continue;
                    found[identity] += (int)reader.GetInt64(2);
                    total += reader.GetInt64(2);
                }
            }
            catch (Exception fault) when (fault is DuckDBException or InvalidOperationException)
            {
                findings.Add("run.damaged", Place(file.File), $"{fault.Message} {Derived}");
                return false;
            }
        }

        findings.Count("events", total);
        for (int identity = 0; identity < found.Length; identity++)
        {
            long expected = identities.Events.Where(e => open.View.Method.Includes(e.Key)).Sum(e => (long)e.Value[identity]);
            if (found[identity] != expected)
                findings.Add("event.count", Name(open.View), $"Identity {identity} has {found[identity]} events in the runs; the lake has {expected} that count.");
        }

        return true;
    }

    private string Place(string file) => $"sandboxes/{Path.GetFileName(folder)}/{file}";

    private static string Name(ProfileView view) => $"profiles of {view.Method.Key}";
}
