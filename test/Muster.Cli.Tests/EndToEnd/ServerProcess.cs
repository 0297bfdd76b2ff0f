using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Muster.Cli.Http;

namespace Muster.Cli.Tests.EndToEnd;

/// <summary>
/// A real server process on a free port and a folder of its own, which outlives the process, so that it can be killed and started again.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    internal const string ClientId = "test-client";
    internal const string ClientSecret = "test-secret";
    internal const string Organization = "TEST@AdobeOrg";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muster-test-");
    private readonly string _organization;
    private readonly string? _clientId;
    private readonly string? _clientSecret;
    private Process? _process;

    private ServerProcess(string organization, string? clientId, string? clientSecret)
    {
        _organization = organization;
        _clientId = clientId;
        _clientSecret = clientSecret;
    }

    /// <summary>The data folder.</summary>
    public string Folder => Path.Combine(_folder.FullName, "data");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>All that the process printed before it was ready.</summary>
    public IReadOnlyList<string> StartLines { get; private set; } = [];

    /// <summary>The program that was built along with the tests.</summary>
    internal static string Program => Path.Combine(AppContext.BaseDirectory, "muster.dll");

    public static async Task<ServerProcess> StartAsync(string organization = Organization, string? clientId = ClientId, string? clientSecret = ClientSecret, Action<string>? prepare = null)
    {
        var server = new ServerProcess(organization, clientId, clientSecret);
        prepare?.Invoke(server.Folder);
        await server.RestartAsync();
        return server;
    }

    /// <summary>True once the process has ended, by itself or not.</summary>
    public bool HasEnded => _process is null || _process.HasExited;

    /// <summary>Starts the process on the folder as it is.</summary>
    /// <param name="fault">The step at which it is to end itself, as MUSTER_FAULT says it; null for none.</param>
    public async Task RestartAsync(string? fault = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, "serve", "--data", Folder, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in (string[])["MUSTER_DATA", "MUSTER_ORG", "MUSTER_CLIENT_ID", "MUSTER_CLIENT_SECRET"]) start.Environment.Remove(name);
        start.Environment["MUSTER_ORG"] = _organization;
        start.Environment["MUSTER_FAULT"] = fault;
        if (_clientId is not null) start.Environment["MUSTER_CLIENT_ID"] = _clientId;
        if (_clientSecret is not null) start.Environment["MUSTER_CLIENT_SECRET"] = _clientSecret;
        _process = Process.Start(start)!;
        var lines = new List<string>();
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (lines) lines.Add(line.Data);
            if (ReadyLine().Match(line.Data) is { Success: true } match) ready.TrySetResult(match.Groups[1].Value);
        }
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The server ended before it was ready: " + string.Join('\n', lines)));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = new Uri(await ready.Task.WaitAsync(_patience));
        lock (lines) StartLines = lines.ToArray();
    }

    /// <summary>Waits until it has ended itself.</summary>
    public Task WaitForEndAsync() => _process!.WaitForExitAsync().WaitAsync(_patience);

    /// <summary>Ends it as an outage would: no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(_patience);
    }

    /// <summary>Asks it to end, as a service manager would; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        const int Terminate = 15;
        Assert.Equal(0, SendSignal(_process!.Id, Terminate));
        await _process.WaitForExitAsync().WaitAsync(_patience);
        return _process.ExitCode;
    }

    internal async Task<MusterClient> LoginAsync(string sandbox = "prod")
    {
        var client = new MusterClient(Address, new Credentials(Organization, ClientId, ClientSecret, sandbox));
        await client.LoginAsync(TestContext.Current.CancellationToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"^Muster is ready at (http://\S+)")]
    private static partial Regex ReadyLine();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
