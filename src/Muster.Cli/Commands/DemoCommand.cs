using System.CommandLine;
using Muster.Cli.Demo;
using Spectre.Console;

namespace Muster.Cli.Commands;

/// <summary><c>muster demo</c>: the whole product on a made-up shop, through its public API.</summary>
internal static class DemoCommand
{
    public static Command Create(TimeProvider time)
    {
        var customers = new Option<int>("--customers") { Description = "People in the shop.", DefaultValueFactory = _ => 20_000, HelpName = "N" };
        var events = new Option<int>("--events") { Description = "Events of all kinds.", DefaultValueFactory = _ => 400_000, HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same shop.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var data = new Option<string>("--data") { Description = "Keeps the data in this new or empty folder. Default: a temporary one.", HelpName = "DIR" };
        var serve = new Option<bool>("--serve") { Description = "Keeps the server up afterwards, until Ctrl+C." };
        var urls = new Option<string>("--urls") { Description = "Address of the server.", DefaultValueFactory = _ => "http://127.0.0.1:0", HelpName = "URL" };
        customers.Validators.Add(result => AtLeastOne(result, customers));
        events.Validators.Add(result => AtLeastOne(result, events));
        var command = new VerbCommand("demo", "Makes a shop, ingests it, evaluates twelve audiences, exports one and shows the results.",
            "muster demo",
            "muster demo --customers 2000 --events 40000 --seed 7",
            "muster demo --serve --urls http://127.0.0.1:8080 --data ./shop")
        {
            customers, events, seed, data, serve, urls,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // The only reading of the clock: everything that is made up is relative to it.
            var shop = new ShopOptions(parsed.GetValue(customers), parsed.GetValue(events), parsed.GetValue(seed), time.GetUtcNow());
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(parsed.InvocationConfiguration.Output) });
            var run = new DemoRun(shop, parsed.GetValue(urls)!, console, time);
            await run.RunAsync(parsed.GetValue(data), parsed.GetValue(serve), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static void AtLeastOne(System.CommandLine.Parsing.OptionResult result, Option<int> option)
    {
        // A text that is no number is reported by the parser itself.
        if (result.Tokens is [{ Value: string text }] && int.TryParse(text, out int value) && value < 1) result.AddError($"{option.Name} must be 1 or more.");
    }
}
