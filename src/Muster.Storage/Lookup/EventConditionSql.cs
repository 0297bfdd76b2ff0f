using System.Globalization;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>
/// Conditions on events as SQL over the columns of a run. A field that the run does not have, or a value that is none of its type, matches
/// nothing.
/// </summary>
internal static class EventConditionSql
{
    private const string Never = "false";

    /// <summary>A truth value, or null where the event has no such field.</summary>
    public static string Of(RunFile run, EventCondition condition)
    {
        DataType type = run.EventType;
        // Objects are flattened to columns with dotted names, down to the first that is none.
        for (int i = 0; i < condition.Path.Count; i++)
        {
            if (!type.TryGetField(condition.Path[i], out DataType? field)) return Never;
            type = field;
            if (type.Kind == TypeKind.Object) continue;
            string column = EventIdentities.Column(string.Join('.', condition.Path.Take(i + 1)), run);
            return Test(column, type, condition, i + 1);
        }
        return Never;
    }

    private static string Test(string value, DataType type, EventCondition condition, int next)
    {
        if (type.Kind == TypeKind.Array)
        {
            string item = "x" + next + "_" + value.Length.ToString(CultureInfo.InvariantCulture);
            return $"len(list_filter({value}, {item} -> coalesce({Test(item, type.Element!, condition, next)}, false))) > 0";
        }
        if (next == condition.Path.Count) return type.IsScalar ? Compare(value, type, condition) : Never;
        string name = condition.Path[next];
        return type.Kind switch
        {
            TypeKind.Map => Test($"map_extract({value}, {SqlText.Literal(name)})[1]", type.Element!, condition, next + 1),
            TypeKind.Object when type.TryGetField(name, out DataType? field) =>
                Test($"{value}.{SqlText.Identifier(name)}", field, condition, next + 1),
            _ => Never,
        };
    }

    private static string Compare(string value, DataType type, EventCondition condition)
    {
        string sign = condition.Comparison switch
        {
            EventComparison.Equal => "=",
            EventComparison.NotEqual => "<>",
            EventComparison.Less => "<",
            EventComparison.LessOrEqual => "<=",
            EventComparison.Greater => ">",
            _ => ">=",
        };
        return type.Kind switch
        {
            TypeKind.Boolean => $"{value} {sign} TRY_CAST({SqlText.Literal(condition.Value)} AS BOOLEAN)",
            TypeKind.Integer when TryWhole(condition.Value, out long whole) =>
                string.Create(CultureInfo.InvariantCulture, $"{value} {sign} {whole}::BIGINT"),
            TypeKind.Integer or TypeKind.Double => $"{value}::DOUBLE {sign} TRY_CAST({SqlText.Literal(condition.Value)} AS DOUBLE)",
            TypeKind.Timestamp => $"{value} {sign} TRY_CAST({SqlText.Literal(Day(condition.Value))} AS TIMESTAMPTZ)",
            TypeKind.Date => $"{value} {sign} TRY_CAST({SqlText.Literal(Day(condition.Value))} AS DATE)",
            _ => $"{value}::VARCHAR {sign} {SqlText.Literal(condition.Value)}",
        };
    }

    private static bool TryWhole(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    // Days may be written as 20200720.
    private static string Day(string text) =>
        text.Length == 8 && text.All(char.IsAsciiDigit) ? $"{text[..4]}-{text[4..6]}-{text[6..]}" : text;
}
