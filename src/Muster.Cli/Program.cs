using Muster.Cli.Commands;

return await MusterCommandLine.RunAsync(args, Console.Out, Console.Error, TimeProvider.System, CancellationToken.None);
