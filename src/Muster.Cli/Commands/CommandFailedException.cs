namespace Muster.Cli.Commands;

/// <summary>Ends a command with one line on stderr: what is wrong and what to do.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    /// <summary>One of <see cref="Commands.ExitCode"/>.</summary>
    public int Code { get; } = exitCode;
}
