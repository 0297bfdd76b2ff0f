using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>
/// Infers the type of JSON records. Integers and doubles give Double, other mixed scalars String; text that looks like a date stays String
/// unless
/// the standard names its path. Not thread-safe: infer parts apart and <see cref="Merge"/> them in the order of the data.
/// </summary>
internal sealed class SchemaInference(DataType? standard)
{
    /// <summary>Fields of one schema, at all levels.</summary>
    public const int MaximumFields = 10_000;

    /// <summary>Levels of nesting; a deeper record fails.</summary>
    public const int MaximumDepth = 64;

    private readonly InferredNode _root = new("", standard);
    private readonly InferenceBudget _budget = new(MaximumFields);

    /// <summary>How records are read, here and when they are loaded.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaximumDepth };

    /// <summary>Takes note of one record; one that is not a JSON object changes nothing.</summary>
    public void Observe(ReadOnlySpan<byte> record)
    {
        if (!IsObject(record)) return;
        var reader = new Utf8JsonReader(record, ReaderOptions);
        reader.Read();
        try
        {
            _root.Observe(ref reader, _budget, isRoot: true);
        }
        catch (JsonException)
        {
            // Only a name with half a surrogate pair gets here: the record will fail when it is loaded.
        }
    }

    /// <summary>Adds what another inference saw in later records.</summary>
    public void Merge(SchemaInference later) => _root.Merge(later._root, _budget);

    /// <summary>The type of the records seen: an object.</summary>
    public DataType Build() => _root.Build(isRoot: true) ?? DataType.ObjectOf();

    private static bool IsObject(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record, ReaderOptions);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
