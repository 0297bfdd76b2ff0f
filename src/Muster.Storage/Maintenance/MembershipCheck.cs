using System.Collections;
using Muster.Storage.Identity;
using Muster.Storage.Membership;
using Muster.Storage.Profiles;
using Muster.Storage.Sandboxes;

namespace Muster.Storage.Maintenance;

/// <summary>Whether membership files are whole, and each of their ordinals stands for a profile or is known to stand for none any more.</summary>
internal static class MembershipCheck
{
    public static void Run(string folder, string sandbox, SandboxManifest manifest, IdentityGraph graph, Findings findings)
    {
        IReadOnlyDictionary<string, OrdinalRemap> remaps = new Dictionary<string, OrdinalRemap>();
        try
        {
            if (manifest.RemapFile is { } file) remaps = OrdinalRemap.Read(Path.Combine(folder, file));
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            findings.Add("membership.damaged", Place(manifest.RemapFile!), fault.Message);
            return;
        }

        foreach ((GraphType type, string name) in manifest.Memberships)
        {
            try
            {
                using MembershipFile file = MembershipFile.Open(Path.Combine(folder, name));
                OrdinalRemap remap = remaps.GetValueOrDefault(type.ToString(), OrdinalRemap.None);
                BitArray alive = Alive(type, graph);
                findings.Count("segments with members", file.Segments.Count);
                foreach (MembershipSegment segment in file.Segments) Compare(file, segment, alive, remap, Place(name), findings);
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or MembershipFileException)
            {
                findings.Add("membership.damaged", Place(name), fault.Message);
            }
        }

        string Place(string name) => $"sandboxes/{sandbox}/membership/{name}";
    }

    private static void Compare(MembershipFile file, MembershipSegment segment, BitArray alive, OrdinalRemap remap, string place, Findings findings)
    {
        OrdinalSet seen = OrdinalSet.Empty;
        foreach (MembershipCohort cohort in segment.Cohorts)
        {
            OrdinalSet members = file.Read(cohort);
            findings.Count("memberships", members.LongCount);
            if (members.LongCount != cohort.Members)
                findings.Add("membership.count", place, $"A cohort of segment {segment.Id} has {members.LongCount} members; the file says {cohort.Members}.");
            if (!seen.And(members).IsEmpty)
                findings.Add("membership.twice", place, $"Profiles are in two cohorts of segment {segment.Id}.");
            seen = seen.Or(members);
        }

        foreach (long ordinal in seen)
            if ((ordinal < 0 || ordinal >= alive.Length || !alive[(int)ordinal]) && !remap.Gone.Contains(ordinal))
            {
                findings.Add("membership.unknown", place, $"Segment {segment.Id} has profile {ordinal}, which is not there and never was.");
                break;
            }
    }

    private static BitArray Alive(GraphType type, IdentityGraph graph)
    {
        ProfileSpace space = new(type, graph);
        var alive = new BitArray(space.Count);
        for (int identity = 0; identity < graph.Identities.Count; identity++)
            if (!graph.IsErased(identity)) alive[space.ProfileOf(identity)] = true;
        return alive;
    }
}
