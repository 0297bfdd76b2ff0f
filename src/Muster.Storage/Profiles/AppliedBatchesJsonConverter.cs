using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Pql.Types;
using Muster.Storage.Lake;

namespace Muster.Storage.Profiles;

/// <summary>Writes applied batches with each schema once: batches are many, their schemas are few and long.</summary>
internal sealed class AppliedBatchesJsonConverter : JsonConverter<IReadOnlyList<AppliedBatch>>
{
    private static readonly DataTypeJsonConverter Types = new();
    private static readonly JsonSerializerOptions WithTypes = new() { Converters = { Types } };

    public override IReadOnlyList<AppliedBatch> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        DataType[] schemas = document.RootElement.GetProperty("schemas").Deserialize<DataType[]>(WithTypes)!;
        Entry[] entries = document.RootElement.GetProperty("batches").Deserialize<Entry[]>()!;
        return Array.ConvertAll(entries, e => new AppliedBatch(
            new LakeBatch(e.Dataset, e.Batch, e.Sequence, e.IngestedAt, e.Events ? DatasetBehavior.TimeSeries : DatasetBehavior.Record, schemas[e.Schema], e.Files),
            e.Keys, e.Duplicates));
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<AppliedBatch> value, JsonSerializerOptions options)
    {
        var schemas = new List<DataType>();
        int Number(DataType schema)
        {
            int number = schemas.FindIndex(s => ReferenceEquals(s, schema) || s.Equals(schema));
            if (number >= 0) return number;
            schemas.Add(schema);
            return schemas.Count - 1;
        }

        Entry[] entries = [.. value.Select(b => new Entry(
            b.Batch.DatasetId, b.Batch.BatchId, b.Batch.Sequence, b.Batch.IngestedAt, b.Batch.Behavior == DatasetBehavior.TimeSeries,
            Number(b.Batch.Schema), b.Batch.Files, b.KeyFiles, b.Duplicates))];
        writer.WriteStartObject();
        writer.WriteStartArray("schemas");
        foreach (DataType schema in schemas) Types.Write(writer, schema, options);
        writer.WriteEndArray();
        writer.WritePropertyName("batches");
        JsonSerializer.Serialize(writer, entries);
        writer.WriteEndObject();
    }

    private sealed record Entry(
        string Dataset, string Batch, long Sequence, long IngestedAt, bool Events, int Schema, IReadOnlyList<string> Files, IReadOnlyList<string> Keys, long Duplicates);
}
