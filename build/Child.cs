using System.Diagnostics;
using System.Text;

namespace Muster.Build;

/// <summary>Runs other programs.</summary>
internal static class Child
{
    /// <summary>Runs a program with this one's output; returns its exit code.</summary>
    public static async Task<int> RunAsync(string folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using Process process = Process.Start(start)
            ?? throw new BuildException($"'{program}' could not be started.");
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Runs a program and returns its exit code and what it printed, both streams in order of arrival.</summary>
    public static async Task<(int ExitCode, string Output)> CaptureAsync(
        string folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start) ?? throw new BuildException($"'{program}' could not be started.");
        var output = new StringBuilder();
        void Append(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (output) output.AppendLine(line.Data);
        }
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync();
        lock (output) return (process.ExitCode, output.ToString());
    }
}
