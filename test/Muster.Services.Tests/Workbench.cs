using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Muster.Services.Catalog;
using Muster.Services.Entities;
using Muster.Services.Export;
using Muster.Services.Identities;
using Muster.Services.Ingestion;
using Muster.Services.MergePolicies;
using Muster.Services.Schemas;
using Muster.Services.Segmentation.Definitions;
using Muster.Services.Segmentation.Jobs;
using Muster.Services.SystemJobs;
using Muster.Services.Tenancy;
using Muster.Services.Work;
using Muster.Storage;
using Muster.Storage.ControlPlane;
using Muster.Storage.DuckDb;
using Muster.Storage.Files;
using Muster.Storage.Journal;
using Muster.Storage.Lake;
using Muster.Storage.Sandboxes;

namespace Muster.Services.Tests;

/// <summary>All services over a data folder of their own, with one sandbox and a clock that stands still until a test moves it.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    public const string UnionSchema = "https://ns.adobe.com/xdm/context/profile__union";

    private Guardrails _guardrails = new();

    private Workbench()
    {
    }

    public DataFolder Folder { get; private init; } = null!;

    public StoreSteps Steps { get; private init; } = StoreSteps.None;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public SandboxScope Scope { get; private set; } = null!;

    public ControlPlaneDatabase Database { get; private set; } = null!;

    public SandboxJournal Journal { get; private set; } = null!;

    public SandboxStores Stores { get; private set; } = null!;

    public WorkLanes Lanes { get; private set; } = null!;

    public DatasetService Datasets { get; private set; } = null!;

    public BatchProcessor Processor { get; private set; } = null!;

    public BatchService Batches { get; private set; } = null!;

    public LargeUploadService LargeUploads { get; private set; } = null!;

    public SandboxService Sandboxes { get; private set; } = null!;

    public NamespaceService Namespaces { get; private set; } = null!;

    public LinkingRulesService Rules { get; private set; } = null!;

    public MergePolicyService Policies { get; private set; } = null!;

    public SegmentDefinitionService Definitions { get; private set; } = null!;

    public SegmentJobRunner JobRunner { get; private set; } = null!;

    public SegmentJobQueue JobQueue { get; private set; } = null!;

    public SegmentJobService Jobs { get; private set; } = null!;

    public ExportJobRunner ExportRunner { get; private set; } = null!;

    public ExportJobService Exports { get; private set; } = null!;

    public ControlPlaneChanges Changes { get; private set; } = null!;

    public ErasureService Erasures { get; private set; } = null!;

    public EntityService Entities { get; private set; } = null!;

    public SystemJobService SystemJobs { get; private set; } = null!;

    public WorkRecovery Recovery { get; private set; } = null!;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Workbench> OpenAsync(StoreSteps? steps = null, Guardrails? guardrails = null)
    {
        Workbench bench = Over(Directory.CreateTempSubdirectory("muster-services-").FullName, steps ?? StoreSteps.None);
        bench._guardrails = guardrails ?? new Guardrails();
        await bench.StartAsync();
        await bench.Sandboxes.CreateAsync("TEST@AdobeOrg", new JsonObject { ["name"] = "test", ["title"] = "Test", ["type"] = "development" },
            Stop);
        bench.Scope = (await bench.Sandboxes.FindScopeAsync("TEST@AdobeOrg", "test", Stop))!;
        return bench;
    }

    /// <summary>
    /// Starts all services over a folder that another one worked in, as a new process would, and takes up what was unfinished. The folder
    /// becomes this one's.
    /// </summary>
    public static async Task<Workbench> AdoptAsync(string folder, string organization = "TEST@AdobeOrg", string sandbox = "test")
    {
        Workbench bench = Over(folder, StoreSteps.None);
        await bench.StartAsync();
        bench.Scope = (await bench.Sandboxes.FindScopeAsync(organization, sandbox, Stop))!;
        await bench.Recovery.ResumeAsync(Stop);
        return bench;
    }

    /// <summary>
    /// Ends all services and starts them again over the same folder, as a new process would; unfinished work is not taken up.
    /// </summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder.Root, recursive: true);
    }

    /// <summary>Makes a dataset that takes records or events as its batches say.</summary>
    public Task<string> DatasetAsync(string? tag = null) => Datasets.CreateAsync(
        Scope, "tester", tag is null ? [] : new JsonObject { ["tags"] = new JsonObject { ["unifiedProfile"] = new JsonArray(tag) } }, Stop);

    /// <summary>Makes a target of exports.</summary>
    public Task<string> TargetAsync() =>
        Datasets.CreateAsync(Scope, "tester", new JsonObject { ["schemaRef"] = new JsonObject { ["id"] = UnionSchema } }, Stop);

    /// <summary>Opens a batch of JSON lines.</summary>
    public Task<Batch> OpenBatchAsync(string dataset, double? share = null) =>
        Batches.CreateAsync(Scope, new NewBatch(dataset, "json", false, false, share, null, null), Stop);

    /// <summary>Sends lines as one file of an open batch.</summary>
    public Task<Upload> UploadAsync(Batch batch, string path, params string[] lines) =>
        Batches.UploadAsync(Scope, batch.Id, batch.DatasetId, path, new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))),
            Stop);

    /// <summary>Closes a batch and waits until it was processed.</summary>
    public async Task<Batch> CompleteAsync(Batch batch)
    {
        await Batches.CompleteAsync(Scope, batch.Id, Stop);
        await Lanes.WhenEndedAsync("ingestion/" + Scope.SandboxId, batch.Id);
        return await Batches.GetAsync(Scope, batch.Id, Stop);
    }

    /// <summary>Sends lines as a whole batch.</summary>
    public async Task<Batch> IngestAsync(string dataset, params string[] lines)
    {
        Batch batch = await OpenBatchAsync(dataset);
        await UploadAsync(batch, "part.json", lines);
        Batch done = await CompleteAsync(batch);
        Assert.True(done.Status == BatchStatus.Success, done.Errors);
        return done;
    }

    /// <summary>Makes a segment definition and returns its id.</summary>
    public async Task<string> SegmentAsync(string pql) => (await Definitions.CreateAsync(Scope, new JsonObject
    {
        ["name"] = Guid.NewGuid().ToString("N"),
        ["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" },
        ["expression"] = new JsonObject { ["type"] = "PQL", ["format"] = "pql/text", ["value"] = pql },
    }, Stop)).Id;

    /// <summary>Runs a job of some segments, of all without any, to its end.</summary>
    public async Task<SegmentJob> EvaluateAsync(params string[] segments)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        SegmentJob job = await Jobs.CreateAsync(Scope, new NewSegmentJob(segments.Length == 0 ? null : segments, "api", null, null, null),
            Stop);
        await JobQueue.WhenEndedAsync(Scope.SandboxId, job.Id);
        return await Jobs.GetAsync(Scope, job.Id, Stop);
    }

    /// <summary>Makes an export; the target and the schema name are added to the body.</summary>
    public Task<ExportJob> StartExportAsync(string target, string body)
    {
        JsonObject request = JsonNode.Parse(body)!.AsObject();
        request["schema"] = new JsonObject { ["name"] = "_xdm.context.profile" };
        JsonObject destination = request["destination"] as JsonObject ?? [];
        destination["datasetId"] = target;
        request.Remove("destination");
        request["destination"] = destination;
        return Exports.CreateAsync(Scope, JsonSerializer.SerializeToElement(request), null, null, Stop);
    }

    /// <summary>Runs an export to its end.</summary>
    public async Task<ExportJob> ExportAsync(string target, string body)
    {
        ExportJob job = await StartExportAsync(target, body);
        return await EndedAsync(job);
    }

    /// <summary>Waits for an export.</summary>
    public async Task<ExportJob> EndedAsync(ExportJob job)
    {
        await Lanes.WhenEndedAsync("export/" + Scope.SandboxId, job.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await Exports.GetAsync(Scope, job.Id, Stop);
    }

    /// <summary>The rows of a query over the files that a batch has now, as JSON; <c>exported</c> names them.</summary>
    public async Task<string[]> ReadAsync(string batchId, string query)
    {
        Batch batch = await Batches.GetAsync(Scope, batchId, Stop);
        BatchFile[] files = JsonSerializer.Deserialize<BatchFile[]>(batch.Files)!;
        if (files.Length == 0) return [];
        using var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDB.NET.Data.DuckDBCommand command = connection.CreateCommand();
        string list = string.Join(", ", files.Select(f => $"'{Folder.Absolute(Scope.SandboxId, f.Path)}'"));
        command.CommandText = $"SET TimeZone = 'UTC'; CREATE VIEW exported AS SELECT * FROM read_parquet([{list}]); SELECT to_json(q)::VARCHAR FROM ({query}) q";
        var rows = new List<string>();
        using DuckDB.NET.Data.DuckDBDataReader reader = command.ExecuteReader();
        do
        {
            while (reader.Read())
                if (reader.FieldCount == 1 && reader.GetValue(0) is string text) rows.Add(text);
        }
        while (reader.NextResult());
        return [.. rows];
    }

    /// <summary>Exports, and reads one query over the single batch.</summary>
    public async Task<string[]> ExportedAsync(string target, string body, string query)
    {
        ExportJob job = await ExportAsync(target, body);
        Assert.True(job.Status == JobStatus.Succeeded, job.Errors);
        return await ReadAsync(JsonSerializer.Deserialize<ExportBatch[]>(job.Batches)!.Single().BatchId, query);
    }

    /// <summary>Changes rows behind the services' back, as another process or an earlier one may have left them.</summary>
    public async Task ChangeAsync(Func<ControlPlaneContext, Task> change)
    {
        await using ControlPlaneContext context = Database.CreateDbContext();
        await change(context);
        await context.SaveChangesAsync(Stop);
    }

    /// <summary>Reads rows.</summary>
    public async Task<T> QueryAsync<T>(Func<ControlPlaneContext, Task<T>> query)
    {
        await using ControlPlaneContext context = Database.CreateDbContext();
        return await query(context);
    }

    /// <summary>The numbers of the journal in the order of its rows.</summary>
    public Task<List<long>> JournalAsync() =>
        QueryAsync(c => c.Journal.Where(j => j.SandboxId == Scope.SandboxId).OrderBy(j => j.Number).Select(j => j.Number)
            .ToListAsync(Stop));

    /// <summary>The profile of an e-mail address; null if it is unknown.</summary>
    public async Task<JsonObject?> ProfileAsync(string email, params string[] fields) =>
        (await Entities.GetProfileAsync(Scope, new EntityKey(email, "Email"), fields.Length == 0 ? null : fields, null, Stop))?.Entity;

    /// <summary>The status of an e-mail address in a segment; null without an entry.</summary>
    public async Task<string?> StatusAsync(string email, string segment) =>
        (string?)(await ProfileAsync(email))?["segmentMembership"]?["ups"]?[segment]?["status"];

    /// <summary>The field of a first name.</summary>
    public static string Named(string name) => $$$"""
        "person":{"name":{"firstName":"{{{name}}}"}}
        """;

    /// <summary>A profile record: an e-mail address and more fields as JSON.</summary>
    public static string Person(string email, string fields = "") =>
        $$"""{"identityMap":{"Email":[{"id":"{{email}}","primary":true}]}{{(fields.Length > 0 ? "," + fields : "")}}}""";

    /// <summary>An event.</summary>
    public static string Event(string id, string email, string timestamp, string fields = "") =>
        $$"""{"_id":"{{id}}","timestamp":"{{timestamp}}","identityMap":{"Email":[{"id":"{{email}}","primary":true}]}{{(fields.Length > 0 ? "," + fields : "")}}}""";

    private static Workbench Over(string folder, StoreSteps steps) =>
        new() { Folder = new DataFolder(folder) { Files = new DurableFiles(steps) }, Steps = steps };

    public async Task StartAsync()
    {
        DuckDbOptions options = new(512, 2);
        Database = await ControlPlaneDatabase.OpenAsync(Folder.Root, Stop);
        Journal = new SandboxJournal(Database, Time, Steps);
        Stores = new SandboxStores(Database, Folder, Journal, options, new TestLog<SandboxStores>());
        Lanes = new WorkLanes(new TestLog<WorkLanes>());
        Processor = new BatchProcessor(Database, Folder, Stores, new RecordLoader(options, Folder.Files), Time, new TestLog<BatchProcessor>());
        var removal = new BatchRemoval(Database, Folder, Stores, Time, new TestLog<BatchRemoval>());
        var batchQueue = new BatchQueue(Lanes, Processor, removal);
        Datasets = new DatasetService(Database, Journal, batchQueue, Time);
        Batches = new BatchService(Database, Folder, batchQueue, Time);
        Namespaces = new NamespaceService(Database, Stores, new NamespaceSpread(Database, Stores, Lanes, new TestLog<NamespaceSpread>()), Time);
        Rules = new LinkingRulesService(Namespaces, Stores);
        Policies = new MergePolicyService(Database, Journal, new PolicyViews(Database, Stores, Lanes, new TestLog<PolicyViews>()), Time);
        Sandboxes = new SandboxService(Database, new SandboxRemoval(Database, Folder, Stores, Lanes, new TestLog<SandboxRemoval>()), Time);
        LargeUploads = new LargeUploadService(Database, Folder);
        var schemas = new SandboxSchemas(Database);
        Definitions = new SegmentDefinitionService(Database, new DefinitionCompiler(schemas), Time);
        JobRunner = new SegmentJobRunner(Database, Stores, schemas, _guardrails, Time, new TestLog<SegmentJobRunner>());
        JobQueue = new SegmentJobQueue(Lanes, JobRunner);
        Jobs = new SegmentJobService(Database, JobQueue, Time);
        ExportRunner = new ExportJobRunner(
            Database, Folder, Stores, Journal, new ExportSegmentation(Database, Jobs, JobQueue), schemas, options, Time,
                new TestLog<ExportJobRunner>());
        var exportQueue = new ExportJobQueue(Lanes, ExportRunner);
        Exports = new ExportJobService(Database, exportQueue, Time);
        Changes = new ControlPlaneChanges(Database);
        var entityPolicies = new EntityPolicies(Database, Changes);
        Entities = new EntityService(entityPolicies, Stores);
        var erasureQueue = new ErasureQueue(Lanes, new ErasureRunner(Database, Folder, Stores, options, Time, new TestLog<ErasureRunner>()));
        Erasures = new ErasureService(Database, entityPolicies, batchQueue, erasureQueue, Time);
        var systemQueue = new SystemJobQueue(Lanes, new SystemJobRunner(Database, Stores, Time, new TestLog<SystemJobRunner>()));
        SystemJobs = new SystemJobService(Database, batchQueue, systemQueue, Time);
        Recovery = new WorkRecovery(Database, Folder, batchQueue, JobQueue, exportQueue, erasureQueue, systemQueue, Stores, Time, new TestLog<WorkRecovery>());
    }

    public async Task EndAsync()
    {
        await Lanes.DisposeAsync();
        await Stores.DisposeAsync();
        Changes.Dispose();
    }
}
