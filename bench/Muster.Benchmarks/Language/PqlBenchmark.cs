using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Benchmarks.Language;

/// <summary>
/// Parsing and binding of many different expressions against a large schema, as <c>muster pql check</c> does it, next to what reading their JSON
/// forms as documents takes: one thread, both in the same run, the best of several rounds.
/// </summary>
internal sealed class PqlBenchmark(int expressions = 10_000, int fields = 1_000, int rounds = 7)
{
    public JsonObject Run()
    {
        ProfileSchema schema = Schema();
        string[] texts = Enumerable.Range(0, expressions).Select(Expression).ToArray();
        byte[][] trees = texts.Select(text => Encoding.UTF8.GetBytes(PqlCompiler.Convert(text, PqlFormat.Text).Converted!)).ToArray();
        double reading = Best(() =>
        {
            foreach (byte[] tree in trees)
                using (JsonDocument document = JsonDocument.Parse(tree)) _ = document.RootElement.ValueKind;
        });
        double checking = Best(() =>
        {
            foreach (string text in texts)
                if (!PqlCompiler.CompileSegment(text, PqlFormat.Text, schema).Succeeded) throw new InvalidOperationException(text);
        });
        return new JsonObject
        {
            ["expressions"] = expressions,
            ["fields"] = fields,
            ["characters"] = texts.Sum(text => text.Length),
            ["bytesOfJson"] = trees.Sum(tree => tree.Length),
            ["checkMilliseconds"] = Math.Round(checking, 1),
            ["jsonMilliseconds"] = Math.Round(reading, 1),
            ["timesJson"] = Math.Round(checking / reading, 2),
        };
    }

    private double Best(Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            action();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }
        return best;
    }

    // Half of the fields belong to the profile, half to its events, in groups of ten.
    private ProfileSchema Schema()
    {
        DataType[] types = [DataType.String, DataType.Integer, DataType.Double, DataType.Timestamp];
        Field[] groups = Enumerable.Range(0, fields / 20).Select(g => new Field($"group{g}", DataType.ObjectOf(
            Enumerable.Range(0, 10).Select(f => new Field($"field{f}", types[f % 4]))))).ToArray();
        Field[] ofEvents = [new Field("_id", DataType.String), new Field("timestamp", DataType.Timestamp), new Field("eventType", DataType.String), .. groups];
        return new ProfileSchema(DataType.ObjectOf([.. groups, new Field("xEvent", DataType.ArrayOf(DataType.ObjectOf(ofEvents)))]), isOpen: false);
    }

    private string Expression(int i)
    {
        int g = i % (fields / 20), h = i * 7 % (fields / 20);
        return (i % 8) switch
        {
            0 => $"group{g}.field0 = \"value {i}\" and group{h}.field1 > {i}",
            1 => $"group{g}.field0.startsWith(\"v{i}\", false) or not (group{h}.field2 <= {i}.5)",
            2 => $"xEvent[eventType = \"type{i}\" and timestamp occurs <= {i % 90 + 1} days before now].count() >= {i % 7}",
            3 => $"exists E from xEvent where E.group{g}.field1 = {i}, F from xEvent where F.timestamp > E.timestamp and F.group{h}.field0 = \"x{i}\"",
            4 => $"CHAIN(xEvent, timestamp, [A: WHAT(eventType = \"a{i}\") WHEN(<= 3 hours before now), B: WHAT(group{g}.field2 > {i})])",
            5 => $"group{g}.field0 in [\"a{i}\", \"b{i}\", \"c{i}\", \"d{i}\"] and group{h}.field3 occurs this month",
            6 => $"xEvent.sum(group{g}.field2 * group{g}.field1) / xEvent[eventType = \"t{i}\"].count() > {i}",
            _ => $"let n = xEvent[group{g}.field0 = \"q{i}\"].count() in n >= 2 and n <= {i % 50 + 2} or group{h}.field1.isNull()",
        };
    }
}
