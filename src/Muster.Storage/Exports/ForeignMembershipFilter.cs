using System.Globalization;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Exports;

/// <summary>SQL that is true for profiles with a membership that arrived in records.</summary>
internal static class ForeignMembershipFilter
{
    /// <summary>The condition over the column <c>p."segmentMembership"</c>: a map of maps of objects.</summary>
    public static string Condition(ForeignMembership wanted)
    {
        const string entry = "map_extract_value(n.value, {0})";
        string value = string.Format(CultureInfo.InvariantCulture, entry, SqlText.Literal(wanted.SegmentId));
        var tests = new List<string>
        {
            $"lower(n.key::VARCHAR) = {SqlText.Literal(wanted.Namespace.ToLowerInvariant())}",
            $"list_contains({SqlText.Literals(wanted.Statuses)}, {value}.status::VARCHAR)",
        };
        if (wanted.From is { } from) tests.Add($"epoch_ms({value}.\"lastQualificationTime\"::TIMESTAMP) >= {from}");
        if (wanted.To is { } to) tests.Add($"epoch_ms({value}.\"lastQualificationTime\"::TIMESTAMP) <= {to}");
        return $"len(list_filter(map_entries(p.\"segmentMembership\"), n -> {string.Join(" AND ", tests)})) > 0";
    }
}
