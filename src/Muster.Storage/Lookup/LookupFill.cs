using System.Text.Json;
using Muster.Storage.DuckDb;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>Copies the profiles of a run into a store, in the thread of the caller.</summary>
internal static class LookupFill
{
    /// <summary>
    /// Reads every profile of the run once, in order. What cannot be said in JSON is left out: it is read from the run when it is asked
    /// for.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was told to stop; at most one chunk of rows later.</exception>
    public static void Copy(RunFile run, LookupFileWriter writer, CancellationToken cancellationToken) => Read(run, writer.Add, cancellationToken);

    /// <summary>Gives every profile of the run as it is in a store, in order.</summary>
    public static void Read(RunFile run, Action<long, ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        string json = $"to_json({NestedJson.Struct(run.ProfileType)})::VARCHAR";
        string sql = $"SELECT _ordinal, _updated, _record, _sources, {json} FROM {run.Alias}.profile";
        using var stream = new DuckDbStream(run.Connect(), sql);
        var documents = new DocumentWriter(JsonShape.Of(run.ProfileType), RunFormat.SegmentMembership);
        byte[] buffer = [];
        while (stream.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            VectorView ordinals = new(stream.Vector(0)), updated = new(stream.Vector(1)), records = new(stream.Vector(2));
            VectorView sources = new(stream.Vector(3)), texts = new(stream.Vector(4));
            for (int row = 0; row < stream.Rows; row++)
            {
                ReadOnlySpan<byte> document;
                try
                {
                    document = documents.Write(texts.Text(row));
                }
                catch (JsonException)
                {
                    continue;
                }
                ReadOnlySpan<byte> record = LookupRecord.Write(
                    ref buffer, updated.Value<long>(row), records.Value<bool>(row), sources.Value<int>(row), documents.SetAside, document);
                take(ordinals.Value<long>(row), record);
            }
        }
        stream.ExpectTotal(run.Ordinals.Length);
    }
}
