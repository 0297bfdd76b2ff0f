using System.Text.Json;
using System.Text.Unicode;
using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Storage.Lake;

/// <summary>
/// Checks records against a schema and writes the good ones as JSON that DuckDB converts without a choice: fields of the schema only,
/// values of
/// its types, nothing absent (null, empty objects and arrays). One meaning of every odd value, whatever the reader behind does with it.
/// Not thread-safe.
/// </summary>
internal sealed class RecordNormaliser
{
    private const int ProblemsOfRecord = 5;

    private readonly FieldPlan _plan;
    private readonly FieldPlan _identityMap;
    private readonly FieldPlan _id;
    private readonly FieldPlan? _timestamp;
    private readonly RecordRules _rules;
    private readonly ScalarWriter _scalars;
    private readonly List<RecordProblem> _problems = [];
    private long _objects;
    private bool _hasIdentity;
    private bool _dropsIdentityMap;
    private Range? _idValue;
    private bool _hasTimestamp;

    public RecordNormaliser(DataType schema, RecordRules rules)
    {
        _plan = FieldPlan.ForRecord(schema);
        _identityMap = _plan.Find(RecordColumns.IdentityMap)!;
        _id = _plan.Find(RecordColumns.Id)!;
        _timestamp = _plan.Find(RecordColumns.Timestamp);
        _rules = rules;
        _scalars = new ScalarWriter(rules.SchemaIsInferred);
    }

    /// <summary>The problems of the last record.</summary>
    public IReadOnlyList<RecordProblem> Problems => _problems;

    /// <summary>Appends a record as one line.</summary>
    /// <returns>False, with nothing appended, if the record has <see cref="Problems"/>.</returns>
    public bool TryAppend(ReadOnlySpan<byte> record, string fileName, long row, OutputBytes output)
    {
        int start = output.Length;
        _dropsIdentityMap = false;
        bool isGood = TryWriteRecord(record, output);
        if (isGood && !_hasIdentity && _rules.AllowMissingIdentity)
        {
            // What identifies nobody gives way to the identity made up below.
            output.CutTo(start);
            _dropsIdentityMap = true;
            isGood = TryWriteRecord(record, output);
            output.CutTo(output.Length - 1);
            WriteIdentity(fileName, row, output, isFirst: output.Length == start + 1);
        }

        if (isGood) output.Append((byte)'\n');
        else output.CutTo(start);
        return isGood;
    }

    private bool TryWriteRecord(ReadOnlySpan<byte> record, OutputBytes output)
    {
        _problems.Clear();
        _hasIdentity = _hasTimestamp = false;
        _idValue = null;
        var reader = new Utf8JsonReader(record, SchemaInference.ReaderOptions);
        try
        {
            if (!Utf8.IsValid(record)) return Fail(LoadErrorCodes.Corrupt, "The record is not UTF-8.");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return Fail(LoadErrorCodes.Corrupt, "The record is not a JSON object.");
            if (!WriteObject(ref reader, _plan, output)) output.Append("{}"u8);
            reader.Read();
        }
        catch (JsonException)
        {
            bool isDeep = reader.CurrentDepth >= SchemaInference.MaximumDepth;
            _problems.Clear();
            return isDeep
                ? Fail(LoadErrorCodes.Conversion, $"The record is nested deeper than {SchemaInference.MaximumDepth} levels.")
                : Fail(LoadErrorCodes.Corrupt, "The record is not JSON.");
        }

        if (_problems.Count == 0) CheckRequired();
        return _problems.Count == 0;
    }

    private void CheckRequired()
    {
        if (_rules.RequireEventFields && _idValue is null) Fail(LoadErrorCodes.MissingField, $"'{RecordColumns.Id}' is missing.");
        if (_rules.RequireEventFields && !_hasTimestamp) Fail(LoadErrorCodes.MissingField, $"'{RecordColumns.Timestamp}' is missing.");
        if (!_hasIdentity && !_rules.AllowMissingIdentity)
            Fail(LoadErrorCodes.MissingField, $"'{RecordColumns.IdentityMap}' has no usable identity.");
    }

    private bool Write(ref Utf8JsonReader reader, FieldPlan plan, OutputBytes output)
    {
        JsonTokenType token = reader.TokenType;
        if (token == JsonTokenType.Null) return false;
        switch (plan.Type.Kind)
        {
            case TypeKind.Object when token == JsonTokenType.StartObject: return WriteObject(ref reader, plan, output);
            case TypeKind.Map when token == JsonTokenType.StartObject: return WriteMap(ref reader, plan.Element!, output);
            case TypeKind.Array when token == JsonTokenType.StartArray: return WriteArray(ref reader, plan.Element!, output);
            case TypeKind.Object or TypeKind.Map or TypeKind.Array: return Mismatch(ref reader, plan);
        }

        if (token is JsonTokenType.StartObject or JsonTokenType.StartArray) return Mismatch(ref reader, plan);
        int start = output.Length;
        if (!_scalars.TryWrite(ref reader, plan.Type.Kind, output)) return Mismatch(ref reader, plan);
        Notice(ref reader, plan, start, output);
        return true;
    }

    private void Notice(ref Utf8JsonReader reader, FieldPlan plan, int start, OutputBytes output)
    {
        if (plan.IsIdentity && reader.ValueIsEscaped) _hasIdentity |= IdentityRules.IsUsable(reader.GetString());
        else if (plan.IsIdentity) _hasIdentity |= IdentityRules.IsUsable(reader.ValueSpan);
        else if (plan == _id && reader.ValueSpan.Length > 0) _idValue = start..output.Length;
        else if (plan == _timestamp) _hasTimestamp = true;
    }

    private bool WriteObject(ref Utf8JsonReader reader, FieldPlan plan, OutputBytes output)
    {
        int start = output.Length;
        long stamp = ++_objects;
        int guess = 0;
        output.Append((byte)'{');
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            FieldPlan? child = Next(ref reader, plan, ref guess, out string? unknown);
            reader.Read();
            if (child is null || (_dropsIdentityMap && child == _identityMap))
            {
                if (!IsAbsent(ref reader) && child is null && !plan.Ignored.Contains(unknown)) FailUnknown(plan, unknown!);
                continue;
            }

            int mark = output.Length;
            if (mark > start + 1) output.Append((byte)',');
            output.Append(child.JsonName);
            if (!Write(ref reader, child, output))
            {
                output.CutTo(mark);
            }
            else if (child.ReadIn == stamp)
            {
                Fail(LoadErrorCodes.Conversion, $"'{child.Path}' stands twice in one object.");
            }
            else
            {
                child.ReadIn = stamp;
            }
        }

        return Close(output, start, (byte)'}');
    }

    private bool WriteMap(ref Utf8JsonReader reader, FieldPlan element, OutputBytes output)
    {
        int start = output.Length;
        HashSet<string>? keys = null; // Most maps have one key, which is no duplicate.
        string? first = null;
        output.Append((byte)'{');
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isText = ScalarWriter.IsText(ref reader);
            string key = isText ? reader.GetString()! : "";
            int mark = output.Length;
            if (mark > start + 1) output.Append((byte)',');
            output.AppendQuoted(reader.ValueSpan);
            output.Append((byte)':');
            reader.Read();
            if (!Write(ref reader, element, output)) output.CutTo(mark);
            else if (!isText) Fail(LoadErrorCodes.Conversion, $"A key of '{element.Path}' is not text.");
            else if (first is null) first = key;
            else if (!(keys ??= new HashSet<string>(StringComparer.Ordinal) { first }).Add(key))
                Fail(LoadErrorCodes.Conversion, $"A key of '{element.Path}' stands twice in one map.");
        }

        return Close(output, start, (byte)'}');
    }

    private bool WriteArray(ref Utf8JsonReader reader, FieldPlan element, OutputBytes output)
    {
        int start = output.Length;
        bool any = false;
        output.Append((byte)'[');
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (output.Length > start + 1) output.Append((byte)',');
            if (Write(ref reader, element, output)) any = true;
            else output.Append("null"u8);
        }

        if (!any) output.CutTo(start + 1);
        return Close(output, start, (byte)']');
    }

    private static bool Close(OutputBytes output, int start, byte bracket)
    {
        bool any = output.Length > start + 1;
        if (any) output.Append(bracket);
        else output.CutTo(start);
        return any;
    }

    private static FieldPlan? Next(ref Utf8JsonReader reader, FieldPlan plan, ref int guess, out string? unknown)
    {
        unknown = null;
        if (guess < plan.Children.Length && reader.ValueTextEquals(plan.Children[guess].Utf8Name)) return plan.Children[guess++];
        string name = ScalarWriter.IsText(ref reader) ? reader.GetString()! : "";
        FieldPlan? child = plan.Find(name);
        if (child is not null && child.Name == name)
        {
            guess = Array.IndexOf(plan.Children, child) + 1;
            return child;
        }

        unknown = name;
        return null;
    }

    private static bool IsAbsent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return reader.TokenType == JsonTokenType.Null;
        int depth = reader.CurrentDepth;
        bool isAbsent = true;
        while (reader.Read() && reader.CurrentDepth > depth)
            isAbsent &= reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False);
        return isAbsent;
    }

    private void FailUnknown(FieldPlan parent, string name)
    {
        string path = parent.Path.Length == 0 ? name : parent.Path + "." + name;
        Fail(LoadErrorCodes.Conversion, parent.Find(name) is { } other
            ? $"'{path}' differs from '{other.Path}' only in case."
            : $"'{path}' is no field of the schema.");
    }

    private bool Mismatch(ref Utf8JsonReader reader, FieldPlan plan)
    {
        string found = reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.Number => "a number",
            _ => "a string",
        };
        reader.Skip();
        string expected = plan.Type.IsScalar || plan.Type.Kind == TypeKind.Object ? plan.Type.Kind.ToString() : plan.Type.ToString();
        return Fail(LoadErrorCodes.Conversion, $"'{plan.Path}' is {found} that is no {expected}.");
    }

    private bool Fail(string code, string message)
    {
        if (_problems.Count < ProblemsOfRecord) _problems.Add(new RecordProblem(code, message));
        return false;
    }

    private void WriteIdentity(string fileName, long row, OutputBytes output, bool isFirst)
    {
        byte[]? id = _idValue is { } range ? output.Written[range].ToArray() : null;
        if (id is null || !IdentityRules.IsUsable(JsonSerializer.Deserialize<string>(id)))
            id = JsonSerializer.SerializeToUtf8Bytes($"{fileName}#{row}");
        if (!isFirst) output.Append((byte)',');
        output.Append(_identityMap.JsonName);
        output.Append("{\"_id\":[{\"id\":"u8);
        output.Append(id);
        output.Append(",\"primary\":true}]}}"u8);
    }
}

/// <summary>What records must have besides a type.</summary>
internal sealed record RecordRules(bool SchemaIsInferred, bool RequireEventFields, bool AllowMissingIdentity);
