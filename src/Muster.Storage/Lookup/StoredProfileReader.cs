using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Muster.Storage.Profiles;

namespace Muster.Storage.Lookup;

/// <summary>Reads a profile from its run, for as long as the lookup store does not have it: some milliseconds.</summary>
internal static class StoredProfileReader
{
    /// <summary>A profile that the run holds at a place.</summary>
    public static StoredProfile Read(RunFile run, long ordinal, int place)
    {
        using DuckDBConnection connection = run.Connect();
        using DuckDBCommand command = connection.CreateCommand();
        string json = $"to_json({NestedJson.Struct(run.ProfileType)})::VARCHAR";
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SELECT _updated, _record, _sources, {json} FROM {run.Alias}.profile WHERE _place = {place}");
        using DuckDBDataReader reader = command.ExecuteReader();
        if (!reader.Read()) throw new InvalidDataException($"The run {run.File} lacks profile {ordinal}.");
        var documents = new DocumentWriter(JsonShape.Of(run.ProfileType), RunFormat.SegmentMembership);
        byte[] document = documents.Write(Encoding.UTF8.GetBytes(reader.GetString(3))).ToArray();
        return new StoredProfile(
            ordinal, document, documents.SetAside.ToArray(), run.SourceSets[reader.GetInt32(2)], reader.GetInt64(0), reader.GetBoolean(1));
    }
}
