using CsCheck;
using Muster.Engine.Columns;
using Muster.Engine.Interpreter;
using Muster.Engine.Tests.Specs;
using Muster.Engine.Values;
using Muster.Pql;
using Muster.Pql.Time;

namespace Muster.Engine.Tests.Execution;

public sealed class TimeHorizonTests
{
    private const long Day = Calendar.MillisecondsPerDay;

    /// <summary>Between two thresholds of time no answer changes.</summary>
    [Fact]
    public void NextChange_OfRandomQueries_IsNotTooLate() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Long[-30 * Day, 60 * Day], Gen.Double[0, 1]).Sample((seed, shift, part) =>
        {
            string text = RandomQuery.Make(seed);
            if (text.Length > 350 || PqlCompiler.CompileSegment(text, PqlFormat.Text, RandomProfiles.Schema).Query is not { } query) return;
            var runner = new QueryRunner(RandomProfiles.Schema, RandomProfiles.Now, RandomProfiles.Make(seed, 4));
            Block block = runner.Blocks(int.MaxValue)[0];
            var reader = new BlockRowReader(block, RandomProfiles.Schema);
            long now = RandomProfiles.Now + shift;
            for (int row = 0; row < block.Count; row++)
            {
                ObjectValue profile = reader.Read(row);
                var interpreter = new ProfileInterpreter(now, _ => false);
                bool isMember = interpreter.IsMember(query, profile);
                long next = interpreter.NextChange(query, profile) ?? now + 1000 * Day;
                Assert.True(next > now);
                foreach (long later in new[] { next - 1, now + (long)((next - 1 - now) * part) })
                    if (new ProfileInterpreter(later, _ => false).IsMember(query, profile) != isMember)
                        Assert.Fail($"{text}\nprofile {block.Ordinals[row]}: {isMember} at {now}, not at {later}, though nothing should change before {next}");
            }
        }, iter: 400, threads: 1);

    [Theory]
    [InlineData("t occurs <= 3 days before now", "2031-08-30T00:00:00.001Z")]
    [InlineData("t occurs today", "2031-08-28T00:00:00.000Z")]
    [InlineData("t occurs this month", "2031-09-01T00:00:00.000Z")]
    [InlineData("t > now", null)]
    [InlineData("later > now", "2031-09-05T00:00:00.000Z")]
    [InlineData("t occurs <= 3 days before date(2031, 8, 28)", null)]
    [InlineData("n = 1", null)]
    [InlineData("currentMonth() = 8", "2031-08-28T00:00:00.000Z")]
    [InlineData("CHAIN(xEvent, timestamp, [A: WHAT(true) WHEN(<= 1 month before now)])", "2031-09-20T06:00:00.001Z")]
    public void NextChange_OfQuery_IsItsThreshold(string text, string? expected)
    {
        var schema = new Pql.Types.ProfileSchema(TypeNotation.Parse("{t: Timestamp, later: Timestamp, n: Integer, xEvent: [{timestamp: Timestamp}]}"), isOpen: false);
        using var record = System.Text.Json.JsonDocument.Parse(
            """{"t": "2031-08-27T00:00:00Z", "later": "2031-09-05T00:00:00Z", "n": 1, "xEvent": [{"timestamp": "2031-08-20T06:00:00Z"}]}""");
        long now = IsoTime.ParseTimestamp("2031-08-27T12:00:00Z")!.Value;
        var runner = new QueryRunner(schema, now, [(1, record.RootElement)]);
        ObjectValue profile = new BlockRowReader(runner.Blocks(1)[0], schema).Read(0);
        long? next = new ProfileInterpreter(now, _ => false).NextChange(QueryRunner.Compile("q", text, schema).Query, profile);
        Assert.Equal(expected is null ? null : IsoTime.ParseTimestamp(expected), next);
    }
}
