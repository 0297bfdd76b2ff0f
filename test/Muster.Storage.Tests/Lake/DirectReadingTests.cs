using System.Text;
using CsCheck;
using Muster.Pql.Types;
using Muster.Storage.DuckDb;
using Muster.Storage.Lake;

namespace Muster.Storage.Tests.Lake;

/// <summary>Whatever is loaded: reading it directly where that is possible must give what reading it strictly gives.</summary>
public sealed class DirectReadingTests
{
    private const string Identity = "\"identityMap\":{\"CRM\":[{\"id\":\"customer-1\",\"primary\":true}]}";

    private static readonly DataType s_declared = DataType.ObjectOf(
        ("s", DataType.String), ("i", DataType.Integer), ("d", DataType.Double), ("b", DataType.Boolean), ("t", DataType.Timestamp),
        ("l", DataType.ArrayOf(DataType.Integer)), ("m", DataType.MapOf(DataType.String)),
        ("o", DataType.ObjectOf(("x", DataType.Double), ("y", DataType.String))));

    // The first of each are plain; records made of those alone are what is read directly.
    private static readonly (string Name, string[] Plain, string[] Odd)[] s_fields =
    [
        ("_id", ["\"e1\"", "\"\\u00e9\""], ["7", "\"\""]),
        ("timestamp", ["\"2024-01-01T00:00:00Z\"", "\"2024-06-01T12:34:56.789+02:00\""], ["\"2024-01-01\"", "1704164645678", "\"soon\""]),
        ("s", ["\"x\"", "\"\"", "\"a\\\"b\\\\\"", "null"], ["1.50", "true", "\"\\u0000\"", "{}", "[\"x\"]"]),
        ("i", ["1", "-5", "9007199254740993"], ["1.0", "\"12\"", "1.5", "9223372036854775808", "-0"]),
        ("d", ["0.1", "3", "-1e-7"], ["\"2.5\"", "1e400", "true"]),
        ("b", ["true", "false"], ["\"true\"", "1"]),
        ("t", ["\"2020-02-29T23:59:59.999999Z\""], ["\"2020-02-30T00:00:00Z\"", "0"]),
        ("l", ["[1]", "[1,null,3]"], ["[]", "[null]", "[\"1\"]", "1"]),
        ("m", ["{\"k\":\"v\"}", "{\"k\":\"v\",\"j\":\"w\"}"], ["{}", "{\"k\":null}", "{\"k\":\"v\",\"k\":\"w\"}", "{\"k\":1}"]),
        ("o", ["{\"x\":1.5}", "{\"y\":\"z\",\"x\":2}"], ["{}", "{\"x\":null}", "{\"q\":1}", "{\"X\":1}", "{\"x\":1,\"x\":2}"]),
        ("more", ["null"], ["1", "\"2024-01-01\"", "{\"a\":{}}"]),
    ];

    private static Gen<string> Value(string[] plain, string[] odd, int oddInHundred) => Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, plain.Length - 1], Gen.Int[0, odd.Length - 1], (dice, p, o) => dice < oddInHundred ? odd[o] : plain[p]);

    private static Gen<string> Record(int odd) => Gen.Select(
        Gen.Int[0, 99],
        Gen.Int[0, (1 << s_fields.Length) - 1],
        Gen.Int[0, s_fields.Length - 1].SelectMany(first => s_fields.Select(f => Value(f.Plain, f.Odd, odd)).Aggregate(
            Gen.Const((IEnumerable<string>)[]), (all, value) => Gen.Select(all, value, (a, v) => a.Append(v))).Select(values => (first, values.ToArray()))),
        (dice, mask, values) =>
        {
            var fields = new List<string>();
            if (dice >= odd) fields.Add(Identity);
            for (int i = 0; i < s_fields.Length; i++)
            {
                int field = (i + values.first) % s_fields.Length;
                string name = dice % 5 == 3 && s_fields[field].Name == "s" ? "\\u0073" : s_fields[field].Name;
                if ((mask >> field & 1) != 0) fields.Add($"\"{name}\":{values.Item2[field]}");
            }

            return dice == 0 ? "{\"s\":" : "{" + string.Join(dice % 2 == 0 ? "," : " , ", fields) + "}";
        });

    private static readonly Gen<(string[] Records, bool IsDeclared, bool IsArray, bool Requires)> s_file =
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Bool).SelectMany(choice =>
            Record(choice.Item1 == 2 ? 8 : 0).Array[1, 12].Select(records => (records, choice.Item2, choice.Item3, choice.Item4)));

    [Fact]
    public void LoadAsync_AnyJson_IsTheSameDirectlyAndStrictly()
    {
        int direct = 0;
        s_file.Sample(
            file =>
            {
                using var fixture = new LoaderFixture();
                string text = file.IsArray ? "[" + string.Join(",\n", file.Records) + "]" : string.Join("\r\n", file.Records);
                LoadRequest request = fixture.Request(fixture.File(text)) with
                {
                    Schema = file.IsDeclared ? s_declared : null,
                    RequireEventFields = file.Requires,
                    AllowMissingIdentity = false,
                };
                if (AssertSame(fixture, request)) Interlocked.Increment(ref direct);
            },
            iter: 80, threads: 1);
        Assert.True(direct > 5, $"Only {direct} files were read directly.");
    }

    private static readonly string[] s_parquetColumns =
    [
        "'e' || i AS _id", "NULLIF('e' || i, 'e1') AS _id", "TIMESTAMP '2024-01-01 00:00:00' + to_seconds(i) AS timestamp",
        "TIMESTAMPTZ '2024-01-01 00:00:00+00' AS timestamp", "'2024-01-01' AS timestamp", "i::INTEGER AS a", "i::DOUBLE / 7 AS a", "i::FLOAT / 7 AS a",
        "(i / 7)::DECIMAL(10,3) AS a", "'x' || chr(i::INTEGER) AS a", "DATE '2024-01-01' AS a", "CASE WHEN i = 2 THEN 'NaN'::DOUBLE ELSE 1 END AS a",
        "[i::SMALLINT, NULL] AS l", "CASE WHEN i = 1 THEN [] ELSE [i] END AS l", "[{'a': i, 'b': TIMESTAMP '2024-01-01 00:00:00'}] AS l",
        "{'x': i, 'y': 'z'} AS o", "{'x': NULLIF(i, 1), 'y': NULL::VARCHAR} AS o", "MAP {'k': i, 'j': 2} AS m",
        "CASE WHEN i = 1 THEN MAP {} ELSE MAP {'k': i} END AS m", "MAP {'k': NULLIF(i, 1)} AS m", "gen_random_uuid()::VARCHAR AS u", "TIME '10:00:00' AS u",
    ];

    [Fact]
    public void LoadAsync_AnyParquet_IsTheSameDirectlyAndStrictly()
    {
        int direct = 0;
        string[][] variants = [.. s_parquetColumns.GroupBy(c => c.Split(' ')[^1]).Select(g => g.ToArray())];
        Gen.Select(Gen.Int[0, 99].Array[variants.Length], Gen.Int[0, 9], Gen.Bool, Gen.Bool).Sample(
            (choices, identity, requires, spreads) =>
            {
                using var fixture = new LoaderFixture();
                string[] ids = ["'a' || i", "CASE WHEN i = 1 THEN 'null' ELSE 'customer-' || i END", "'null of ' || i", "'customer-' || i"];
                var columns = new Dictionary<string, string>
                {
                    ["identityMap"] = spreads
                        ? $"MAP {{'CRM': [{{'id': {ids[Math.Min(identity, 3) % 4]}, 'primary': true, 'authenticatedState': NULL::VARCHAR}}]}} AS identityMap"
                        : $"MAP {{'CRM': [{{'id': {ids[Math.Min(identity, 3) % 4]}}}]}} AS identityMap",
                };
                for (int i = 0; i < variants.Length; i++)
                {
                    int choice = choices[i] % (3 * variants[i].Length);
                    if (choice < variants[i].Length) columns[variants[i][0].Split(' ')[^1]] = variants[i][choice];
                }

                string path = Path.Combine(fixture.Folder, "in.parquet");
                fixture.Execute($"COPY (SELECT {string.Join(", ", columns.Values)} FROM range(3) r(i)) TO {SqlText.Literal(path)} (FORMAT parquet)");
                LoadRequest request = fixture.Request(new InputFile("in.parquet", path)) with { RequireEventFields = requires, AllowMissingIdentity = false };
                if (AssertSame(fixture, request)) Interlocked.Increment(ref direct);
            },
            iter: 80, threads: 1);
        Assert.True(direct > 5, $"Only {direct} files were read directly.");
    }

    [Theory]
    [InlineData("{\"_id\":\"1\",\"s\":\"x\"}\n{\"_id\":\"2\",\"s\":\"y\"}", false)]
    [InlineData("\uFEFF{\"_id\":\"1\",\"s\":\"x\"}\n\n  {\"_id\":\"2\",\"s\":\"y\"}\n", false)]
    [InlineData("{\"_id\":\"1\",\"s\":\"x\"}\n{\"_id\":\"2\",\"s\":\"y\"}", true)]
    [InlineData("[{\"_id\":\"1\",\"s\":\"x\"},\n{\"_id\":\"2\",\"s\":\"y\"}]", false)]
    [InlineData("\uFEFF[{\"_id\":\"1\",\"s\":\"x\"}{\"_id\":\"2\",\"s\":\"y\"}]", false)]
    public void LoadAsync_AnyWrapping_GivesTheRecords(string text, bool isGzip)
    {
        using var fixture = new LoaderFixture();
        byte[] bytes = Encoding.UTF8.GetBytes(text.Replace("\"s\"", Identity + ",\"s\"", StringComparison.Ordinal));
        LoadRequest request = fixture.Request(fixture.File(isGzip ? LoaderFixture.Gzip(bytes) : bytes));

        AssertSame(fixture, request);
        Assert.Equal(["1|x", "2|y"], fixture.Read(LoaderFixture.Load(request, readsDirectly: true), "SELECT _id, s FROM lake ORDER BY file_row_number"));
    }

    [Fact]
    public void LoadAsync_MoreRowsThanAFileTakes_MakesSeveralInOrder()
    {
        using var fixture = new LoaderFixture();
        string lines = string.Join('\n', Enumerable.Range(0, 60_000).Select(i => $"{{\"_id\":\"e{i}\",{Identity},\"s\":\"{new string('x', 200)}\"}}"));
        InputFile json = fixture.File(lines);
        string path = Path.Combine(fixture.Folder, "in[1].parquet");
        fixture.Execute($"COPY (SELECT * FROM read_json({SqlText.Literal(json.Path)}, columns = {{_id: 'VARCHAR', identityMap: 'MAP(VARCHAR, STRUCT(id VARCHAR, \"primary\" BOOLEAN)[])', s: 'VARCHAR'}})) TO {SqlText.Literal(path)}");
        InputFile parquet = new("in.parquet", path), odd = fixture.File(lines + "\n{}");
        var limits = new LakeFileLimits(25_000, 1 << 30, 1);

        foreach (InputFile file in (InputFile[])[json, parquet, odd])
        {
            LoadResult result = LoaderFixture.Load(fixture.Request(file) with { AllowMissingIdentity = false }, readsDirectly: true, limits);

            Assert.InRange(result.Files.Count, 3, 5);
            Assert.Equal(60_000, result.OutputRecords);
            Assert.Equal(60_000, result.Files.Sum(f => f.Rows));
            long start = 0;
            foreach (LakeFile part in result.Files)
            {
                Assert.Equal(["0"], fixture.Read(result with { Files = [part] }, $"SELECT count(*) FROM lake WHERE _id <> 'e' || (file_row_number + {start})"));
                start += part.Rows;
            }
        }

        Assert.Empty(Directory.EnumerateFiles(fixture.Request().SpillFolder));
    }

    [Fact]
    public async Task LoadAsync_ParquetThatIsALakeFile_IsCopied()
    {
        using var fixture = new LoaderFixture();
        LoadResult first = await fixture.Load($"{{\"_id\":\"1\",{Identity},\"o\":{{\"x\":1}}}}");
        LakeFile made = Assert.Single(first.Files);

        LoadResult second = LoaderFixture.Load(fixture.Request(new InputFile("in.parquet", made.Path)), readsDirectly: true);

        LakeFile copied = Assert.Single(second.Files);
        Assert.NotEqual(made.Path, copied.Path);
        Assert.Equal((made.Sha256, made.Rows, made.Bytes), (copied.Sha256, copied.Rows, copied.Bytes));
        Assert.Equal(await File.ReadAllBytesAsync(made.Path, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(copied.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void LoadAsync_ManyFilesOfManyKinds_KeepTheirOrder()
    {
        using var fixture = new LoaderFixture();
        string Line(string id) => $"{{\"_id\":\"{id}\",{Identity},\"s\":\"x\"}}";
        InputFile[] files =
        [
            fixture.File(Line("1")), fixture.File("[" + Line("2") + "]"), fixture.File(LoaderFixture.Gzip(Encoding.UTF8.GetBytes(Line("3")))),
            fixture.File(Line("4").Replace("\"x\"", "5", StringComparison.Ordinal)), fixture.File(Line("5") + "\n" + Line("6")),
        ];

        LoadResult result = LoaderFixture.Load(fixture.Request(files), readsDirectly: true);

        Assert.Equal(["1|x", "2|x", "3|x", "4|5", "5|x", "6|x"], fixture.Read(result, "SELECT _id, s FROM lake ORDER BY file_row_number"));
        Assert.Single(result.Files);
    }

    // Whether the load had a lake file of its input without a strict reading.
    private static bool AssertSame(LoaderFixture fixture, LoadRequest request)
    {
        LoadResult strict = LoaderFixture.Load(request with { TargetFolder = Path.Combine(fixture.Folder, "strict") }, readsDirectly: false);
        LoadResult direct = LoaderFixture.Load(request, readsDirectly: true);
        Assert.Equal(strict.Schema, direct.Schema);
        Assert.Equal((strict.Succeeded, strict.InputRecords, strict.OutputRecords, strict.FailedRecords), (direct.Succeeded, direct.InputRecords, direct.OutputRecords, direct.FailedRecords));
        Assert.Equal(strict.Errors.Select(e => (e.Code, e.Description, e.Count)), direct.Errors.Select(e => (e.Code, e.Description, e.Count)));
        if (strict.FailedRecordsPath is not null) Assert.Equal(File.ReadAllText(strict.FailedRecordsPath), File.ReadAllText(direct.FailedRecordsPath!));
        if (strict.Files.Count == 0) return false;
        string select = $"SELECT {string.Join(", ", strict.Schema.Fields.Select(f => $"{SqlText.Identifier(f.Name)}::VARCHAR"))} FROM lake ORDER BY file_row_number";
        Assert.Equal(fixture.Read(strict, select), fixture.Read(direct, select));
        return strict.FailedRecords == 0 && LoaderFixture.IsReadDirectly(request, direct);
    }
}
