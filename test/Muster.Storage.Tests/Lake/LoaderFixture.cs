using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

/// <summary>A folder for one test, with what it takes to load text and read the lake files back.</summary>
internal sealed class LoaderFixture : IDisposable
{
    private static readonly DuckDbOptions s_options = new(512, 2);

    private int _files;

    public string Folder { get; } = Directory.CreateTempSubdirectory("muster-load-").FullName;

    public string Target => Path.Combine(Folder, "lake");

    public InputFile File(string text, string name = "in.json") => File(Encoding.UTF8.GetBytes(text), name);

    public InputFile File(byte[] bytes, string name = "in.json")
    {
        string path = Path.Combine(Folder, $"{_files++}-{name}");
        System.IO.File.WriteAllBytes(path, bytes);
        return new InputFile(name, path);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress)) gzip.Write(bytes);
        return stream.ToArray();
    }

    public LoadRequest Request(params InputFile[] files) => new(
        files, InputFormat.JsonLines, DatasetBehavior.TimeSeries, Schema: null, RequireEventFields: false, AllowMissingIdentity: true,
        MaximumFailedShare: 1, Target, Path.Combine(Folder, "spill"));

    public static Task<LoadResult> Load(LoadRequest request) =>
        new RecordLoader(s_options).LoadAsync(request, null, TestContext.Current.CancellationToken);

    public static LoadResult Load(LoadRequest request, bool readsDirectly, LakeFileLimits? limits = null) =>
        new RecordLoader(s_options, limits ?? LakeFileLimits.Default, readsDirectly)
            .LoadAsync(request, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    /// <summary>Whether the one file of a request is read directly under the schema that came out.</summary>
    public static bool IsReadDirectly(LoadRequest request, LoadResult result)
    {
        using var workspace = new DuckDbWorkspace(Path.Combine(request.SpillFolder, "check"), new DuckDbOptions(512, 2));
        var steps = new LoadSteps(request, 2, LakeFileLimits.Default, new LoadErrors(), workspace, TestContext.Current.CancellationToken);
        return steps.ReadDirectly(Assert.Single(steps.Open()), result.Schema) is not null;
    }

    public Task<LoadResult> Load(string text, DataType? schema = null) => Load(Request(File(text)) with { Schema = schema });

    /// <summary>The rows of a query over the loaded files (as the table lake), the columns joined by a bar.</summary>
    public string[] Read(LoadResult result, string select)
    {
        using var workspace = new DuckDbWorkspace(Path.Combine(Folder, "read"), s_options);
        workspace.Execute($"CREATE VIEW lake AS SELECT * FROM read_parquet({SqlText.Literals(result.Files.Select(f => f.Path))}, file_row_number = true)");
        using DuckDBDataReader reader = workspace.Query(select);
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join("|", Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetValue(i).ToString())));
        return [.. rows];
    }

    public void Execute(string sql)
    {
        using var workspace = new DuckDbWorkspace(Path.Combine(Folder, "write"), s_options);
        workspace.Execute(sql);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
