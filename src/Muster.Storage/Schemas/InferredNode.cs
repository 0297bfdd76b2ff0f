using System.Text;
using System.Text.Json;
using Muster.Pql.Types;

namespace Muster.Storage.Schemas;

/// <summary>
/// What was seen of one path of the data. A value that holds no scalar (null, empty objects and arrays) was not seen. A path that the
/// standard
/// names has the standard's shape from the start; otherwise the first shape seen stays, and values of another one are not looked into.
/// </summary>
internal sealed class InferredNode
{
    private const int KeysOfMap = 256;
    private const int KeysBeforeCollapse = 4096;

    private readonly DataType? _standard;
    private readonly List<InferredNode> _children = [];
    private readonly Dictionary<string, InferredNode> _byName = new(StringComparer.OrdinalIgnoreCase);
    private InferredNode? _element;
    private Shape _shape;
    private Scalars _scalars;
    private bool _seen;

    public InferredNode(string name, DataType? standard)
    {
        Name = name;
        Utf8Name = Encoding.UTF8.GetBytes(name);
        _standard = standard is null || standard.Kind == TypeKind.Unknown ? null : standard;
        _shape = _standard?.Kind switch
        {
            null => Shape.None,
            TypeKind.Object => Shape.Object,
            TypeKind.Array => Shape.Array,
            TypeKind.Map => Shape.Map,
            _ => Shape.Scalar,
        };
    }

    private enum Shape { None, Scalar, Object, Array, Map }

    [Flags]
    private enum Scalars { None = 0, Boolean = 1, Integer = 2, Double = 4, String = 8 }

    public string Name { get; }

    private byte[] Utf8Name { get; }

    /// <summary>Takes note of the value at the reader, and leaves the reader at its last token.</summary>
    /// <returns>Whether the value holds a scalar.</returns>
    /// <exception cref="JsonException">The text is not JSON; this node may have seen a part of it.</exception>
    public bool Observe(ref Utf8JsonReader reader, InferenceBudget budget, bool isRoot = false)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False: return See(Scalars.Boolean);
            case JsonTokenType.String: return See(Scalars.String);
            case JsonTokenType.Number: return See(reader.TryGetInt64(out _) ? Scalars.Integer : Scalars.Double);
            case JsonTokenType.StartArray when Accepts(Shape.Array): return ObserveArray(ref reader, budget);
            case JsonTokenType.StartObject when Accepts(Shape.Object) || _shape == Shape.Map:
                return ObserveObject(ref reader, budget, isRoot);
            case JsonTokenType.StartArray or JsonTokenType.StartObject:
                reader.Skip();
                return false;
            default: return false;
        }
    }

    /// <summary>Adds what another node of the same path saw later.</summary>
    public void Merge(InferredNode later, InferenceBudget budget)
    {
        if (!later._seen) return;
        if (_shape == Shape.None) _shape = later._shape;
        if (_shape == Shape.Object && later._shape == Shape.Map) Collapse(budget);
        if (_shape != later._shape && !(_shape == Shape.Map && later._shape == Shape.Object)) return;
        _seen = true;
        _scalars |= later._scalars;
        if (later._element is not null) Element().Merge(later._element, budget);
        foreach (InferredNode child in later._children)
            (_shape == Shape.Map ? Element() : Child(child.Name, budget))?.Merge(child, budget);
    }

    /// <summary>The type of what was seen; null if nothing was.</summary>
    public DataType? Build(bool isRoot = false)
    {
        if (!_seen) return null;
        switch (_shape)
        {
            case Shape.Array: return _element?.Build() is { } element ? DataType.ArrayOf(element) : null;
            case Shape.Map when _standard?.Element is { Kind: not TypeKind.Unknown }: return _standard;
            case Shape.Map: return _element?.Build() is { } value ? DataType.MapOf(value) : null;
            case Shape.Object:
                var fields = new List<Field>();
                foreach (InferredNode child in _children)
                    if (child.Build() is { } type) fields.Add(new Field(child.Name, type));
                if (fields.Count > KeysOfMap && !isRoot && _standard is null && CommonType() is { } common) return DataType.MapOf(common);
                return fields.Count == 0 ? null : DataType.ObjectOf(fields);
            default: return _standard ?? ScalarType(_scalars);
        }
    }

    private static DataType ScalarType(Scalars seen) => seen switch
    {
        Scalars.Boolean => DataType.Boolean,
        Scalars.Integer => DataType.Integer,
        Scalars.Double or (Scalars.Integer | Scalars.Double) => DataType.Double,
        _ => DataType.String,
    };

    private bool Accepts(Shape shape) => _shape == Shape.None || _shape == shape;

    private bool See(Scalars scalar)
    {
        if (!Accepts(Shape.Scalar)) return false;
        _shape = Shape.Scalar;
        _scalars |= scalar;
        return _seen = true;
    }

    private bool ObserveArray(ref Utf8JsonReader reader, InferenceBudget budget)
    {
        bool any = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) any |= Element().Observe(ref reader, budget);
        return Conclude(any, Shape.Array);
    }

    private bool ObserveObject(ref Utf8JsonReader reader, InferenceBudget budget, bool isRoot)
    {
        bool any = false;
        int guess = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            InferredNode? child = _shape == Shape.Map ? Element() : Child(ref reader, ref guess, budget);
            reader.Read();
            if (child is null) reader.Skip();
            else any |= child.Observe(ref reader, budget);
        }

        any = Conclude(any, _shape == Shape.Map ? Shape.Map : Shape.Object);
        if (_children.Count > KeysBeforeCollapse && !isRoot && _standard is null && _shape == Shape.Object) Collapse(budget);
        return any;
    }

    private bool Conclude(bool any, Shape shape)
    {
        if (!any) return false;
        _shape = shape;
        return _seen = true;
    }

    private void Collapse(InferenceBudget budget)
    {
        _shape = Shape.Map;
        foreach (InferredNode child in _children) Element().Merge(child, budget);
        _children.Clear();
        _byName.Clear();
    }

    private DataType? CommonType()
    {
        var all = new InferredNode("", null);
        InferredNode[] seen = [.. _children.Where(c => c._seen)];
        foreach (InferredNode child in seen) all.Merge(child, InferenceBudget.Unlimited());
        bool same = seen.All(c => c._shape == all._shape);
        if (all._shape == Shape.Scalar) same &= seen.All(c => Group(c._scalars) == Group(all._scalars));
        return same ? all.Build() : null;

        static DataType Group(Scalars scalars) => ScalarType(scalars).IsNumeric ? DataType.Double : ScalarType(scalars);
    }

    private InferredNode Element() => _element ??= new InferredNode("", _standard?.Element);

    // Fields mostly come in the order of the record before, so the guess is nearly always right and no name is made.
    private InferredNode? Child(ref Utf8JsonReader reader, ref int guess, InferenceBudget budget)
    {
        if (guess < _children.Count && reader.ValueTextEquals(_children[guess].Utf8Name)) return _children[guess++];
        string name;
        try
        {
            name = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A name is not valid UTF-16.", e);
        }

        InferredNode? child = Child(name, budget);
        if (child is not null) guess = _children.IndexOf(child) + 1;
        return child;
    }

    private InferredNode? Child(string name, InferenceBudget budget)
    {
        if (_byName.TryGetValue(name, out InferredNode? child)) return child.Name == name ? child : null;
        if (!FieldNames.IsUsable(name) || !budget.TryTake()) return null;
        DataType? standard = null;
        _standard?.TryGetField(name, out standard);
        child = new InferredNode(name, standard);
        _children.Add(child);
        _byName.Add(name, child);
        return child;
    }
}

/// <summary>Bounds the fields that hostile data can make; what comes beyond is not in the schema, so its records fail.</summary>
internal sealed class InferenceBudget(int fields)
{
    private int _left = fields;

    public static InferenceBudget Unlimited() => new(int.MaxValue);

    public bool TryTake() => _left > 0 && _left-- > 0;
}
