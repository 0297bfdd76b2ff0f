namespace Muster.Cli.Commands;

/// <summary>What the command says to the shell; documented in docs/operations.md.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The command was understood, but something failed: a query, a file, a server.</summary>
    public const int Failed = 1;

    /// <summary>The command was not understood.</summary>
    public const int WrongUsage = 2;
}
