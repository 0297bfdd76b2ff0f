using Muster.Build;

string root = Repository.FindRoot();
string verb = args.FirstOrDefault() ?? "help";
string[] rest = args.Skip(1).ToArray();
try
{
    return verb switch
    {
        "test" => await TestCommand.RunAsync(root, rest),
        "format" => await FormatAsync(rest.Contains("--fix")),
        "ci" => await FormatAsync(fix: false) is 0 ? await TestCommand.RunAsync(root, rest) : 1,
        "bench" => await Child.RunAsync(root, "dotnet", ["run", "-c", "Release", "--project", "bench/Muster.Benchmarks", "--", .. rest]),
        "docs" => await Child.RunAsync(root, "dotnet", ["run", "-c", "Release", "--project", "src/Muster.Cli", "--", "pql", "docs", "docs/pql"]) is 0
            ? await Child.RunAsync(root, "dotnet", ["run", "-c", "Release", "--project", "test/Muster.Engine.Tests", "--", "--filter-class", "*ConformancePageTests"],
                new Dictionary<string, string> { ["MUSTER_WRITE_DOCS"] = "1" })
            : 1,
        "fuzz" => await Child.RunAsync(root, "dotnet", ["run", "-c", "Release", "--project", "test/Muster.Engine.Tests", "--", "--filter-class", "*FuzzTests"],
            new Dictionary<string, string> { ["MUSTER_FUZZ_SECONDS"] = rest.FirstOrDefault() ?? "600" }),
        "help" or "--help" or "-h" => Help(Console.Out, 0),
        _ => Help(Console.Error, 2),
    };
}
catch (BuildException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

Task<int> FormatAsync(bool fix) => Child.RunAsync(root, "dotnet", ["format", Repository.Solution, .. fix ? Array.Empty<string>() : ["--verify-no-changes"]]);

static int Help(TextWriter output, int code)
{
    output.WriteLine("""
        dotnet run --project build -- VERB

        test    Restores, builds and runs every test project; ends with "N passed, N failed".
                --filter TEXT     only tests whose full name contains TEXT
                --project TEXT    only test projects whose name contains TEXT
                --long            also the tests that take minutes (sets MUSTER_LONG_TESTS=1)
        format  Checks the format of all sources; --fix repairs it.
        ci      format, then test.
        fuzz    Runs each fuzz target of the language for so many seconds (600 unless a number follows).
        docs    Writes what is generated under docs/pql anew.
        bench   Runs bench/Muster.Benchmarks with the arguments that follow.

        Exit code: 0 all is well, 1 something failed, 2 wrong usage.
        """);
    return code;
}
