using System.Text.Json;
using Muster.Engine.Columns;
using Muster.Engine.Execution;
using Muster.Engine.Interpreter;
using Muster.Engine.Planning;
using Muster.Engine.Values;
using Muster.Pql;
using Muster.Pql.Types;

namespace Muster.Engine.Tests.Specs;

/// <summary>Asks both evaluators who is in which segment.</summary>
internal sealed class QueryRunner(ProfileSchema schema, long now, IReadOnlyList<(int Id, JsonElement Record)> profiles)
{
    public long Now => now;

    public static SegmentQuery Compile(string id, string text, ProfileSchema schema)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(text, PqlFormat.Text, schema);
        return new SegmentQuery(id, compilation.Query ?? throw new FormatException(text + "\n" + string.Join("\n", compilation.Diagnostics)));
    }

    /// <summary>Compiles what the text becomes in the JSON form and back in the text form.</summary>
    public static SegmentQuery CompileThroughJson(string id, string text, ProfileSchema schema)
    {
        string? json = PqlCompiler.Convert(text, PqlFormat.Text).Converted;
        string? back = json is null ? null : PqlCompiler.Convert(json, PqlFormat.Json).Converted;
        SegmentQuery fromText = Compile(id, back ?? throw new FormatException($"{text} has no JSON form"), schema);
        PqlCompilation fromJson = PqlCompiler.CompileSegment(json!, PqlFormat.Json, schema);
        return fromText with { Query = fromJson.Query ?? throw new FormatException(json) };
    }

    public static SegmentQuery CompileJson(string id, string json, ProfileSchema schema)
    {
        PqlCompilation compilation = PqlCompiler.CompileSegment(json, PqlFormat.Json, schema);
        return new SegmentQuery(id, compilation.Query ?? throw new FormatException(json + "\n" + string.Join("\n", compilation.Diagnostics)));
    }

    /// <summary>The value of an expression for each profile, by the interpreter.</summary>
    public IEnumerable<object?> Values(string text)
    {
        PqlCompilation compilation = PqlCompiler.CompileExpression(text, PqlFormat.Text, schema);
        BoundQuery query = compilation.Query ?? throw new FormatException(text + "\n" + string.Join("\n", compilation.Diagnostics));
        Block block = Blocks(int.MaxValue)[0];
        var reader = new BlockRowReader(block, schema);
        return Enumerable.Range(0, block.Count).Select(row => new ProfileInterpreter(now, _ => false).Evaluate(query, reader.Read(row))).ToArray();
    }

    public List<Block> Blocks(int size)
    {
        var blocks = new List<Block>();
        foreach ((int Id, JsonElement Record)[] chunk in profiles.Chunk(size))
        {
            var builder = new BlockBuilder(schema);
            foreach ((int id, JsonElement record) in chunk) builder.Add(id, record);
            blocks.Add(builder.Build());
        }
        return blocks;
    }

    /// <summary>For each segment the ids of its members by the vectorised engine.</summary>
    public List<int>[] ByEngine(
        IReadOnlyList<SegmentQuery> segments, int blockSize, PlanOptions? options = null, Func<Block, Block>? encode = null)
    {
        EvaluationPlan plan = EvaluationPlan.Create(segments, schema, options);
        Evaluator evaluator = plan.CreateEvaluator();
        var result = new EvaluationResult();
        List<int>[] members = segments.Select(_ => new List<int>()).ToArray();
        foreach (Block block in Blocks(blockSize))
        {
            evaluator.Evaluate(encode?.Invoke(block) ?? block, now, NoSegmentMembers.Instance, result);
            for (int segment = 0; segment < segments.Count; segment++)
                for (int row = 0; row < block.Count; row++)
                    if (result.IsMember(segment, row)) members[segment].Add((int)block.Ordinals[row]);
        }
        return members;
    }

    /// <summary>For each segment the ids of its members by the interpreter.</summary>
    public List<int>[] ByInterpreter(IReadOnlyList<SegmentQuery> segments, Func<Block, Block>? encode = null)
    {
        Block block = Blocks(int.MaxValue)[0];
        block = encode?.Invoke(block) ?? block;
        var reader = new BlockRowReader(block, schema);
        List<int>[] members = segments.Select(_ => new List<int>()).ToArray();
        for (int row = 0; row < block.Count; row++)
        {
            ObjectValue profile = reader.Read(row);
            bool IsMember(string id) => segments.FirstOrDefault(s => s.Id == id) is { } segment && new ProfileInterpreter(now, IsMember).IsMember(segment.Query, profile);
            for (int segment = 0; segment < segments.Count; segment++)
                if (IsMember(segments[segment].Id)) members[segment].Add((int)block.Ordinals[row]);
        }
        return members;
    }
}
