using System.CommandLine;
using System.CommandLine.Parsing;
using WunderProxy.Configuration;
using WunderProxy.Instance;

namespace WunderProxy.Cli;

/// <summary>
/// From arguments to an exit code: parses, adds the environment, runs one command, tells errors in one line.
/// </summary>
internal sealed class CommandLine(TextWriter output, TextWriter error, Func<string, string?> environment)
{
    private const string RunName = "run";

    private const string Summary =
        "Runs and replaces the Docker deployment of one application behind a reverse proxy.";

    private const string Overview =
        """
        wunderproxy run my-bucket apps/shop shop --proxy 0.0.0.0:80
        wunderproxy deploy my-bucket apps/shop --config shop.json --manager localhost:8001
        Options may also come from the environment: --api-token is WUNDERPROXY_API_TOKEN.
        """;

    private static readonly ParserConfiguration Parsing =
        new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    // Made only when needed: the proxy starts sooner without the options of six other commands.
    private static readonly Dictionary<string, Func<Command>> Commands = new(StringComparer.Ordinal)
    {
        [RunName] = static () => new RunCommand(),
        ["forward"] = static () => new ForwardCommand(),
        ["deploy"] = static () => new DeployCommand(),
        ["rollback"] = static () => new RollbackCommand(),
        ["history"] = static () => new HistoryCommand(),
        ["current"] = static () => new CurrentCommand(),
        ["status"] = static () => new StatusCommand(),
    };

    /// <summary>Carries out one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        try
        {
            return await InvokeAsync(arguments, cancellationToken);
        }
        catch (UsageException exception)
        {
            return Tell(exception.Message, ExitCode.Usage);
        }
        catch (CommandFailedException exception)
        {
            return Tell(exception.Message, ExitCode.Failure);
        }
        catch (OperationCanceledException)
        {
            return Tell("interrupted", ExitCode.Failure);
        }
        catch (Exception exception)
        {
            return Tell(LastResort.Describe(exception), ExitCode.Failure);
        }
    }

    /// <summary>Parses a command line together with the environment.</summary>
    /// <exception cref="UsageException">A variable of the environment is empty that must not be.</exception>
    public ParseResult Parse(IReadOnlyList<string> arguments) => Parse(arguments, out _);

    private async Task<int> InvokeAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parsed = Parse(arguments, out var fromEnvironment);
        if (FirstError(parsed) is { } problem)
        {
            return Tell($"{problem} (see '{CommandPath(parsed)} --help')", ExitCode.Usage);
        }

        // The services have signal handlers of their own, with a drain.
        using var safeOutput = new TerminalWriter(output);
        using var safeError = new TerminalWriter(error);
        var isService = parsed.CommandResult.Command is RunCommand or ForwardCommand;
        using var interruption = isService ? null : new Interruption(cancellationToken);
        var code = await parsed.InvokeAsync(
            new CommandInvocation
            {
                Output = safeOutput,
                Error = safeError,
                FromEnvironment = fromEnvironment,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            },
            interruption?.Token ?? cancellationToken);
        safeOutput.Flush();
        return code;
    }

    private ParseResult Parse(IReadOnlyList<string> arguments, out HashSet<string> fromEnvironment)
    {
        var given = WithCommandName(arguments);
        var root = BuildRoot(given);
        var parsed = root.Parse(given, Parsing);
        var added = EnvironmentArguments.For(parsed, environment);
        fromEnvironment = [.. added.Select(argument => argument.Split('=')[0])];
        return added.Count == 0 ? parsed : root.Parse([.. given.Take(1), .. added, .. given.Skip(1)], Parsing);
    }

    /// <summary>With the one command that is named, or with all of them for the overview.</summary>
    private static RootCommand BuildRoot(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand(Summary);
        var makers = arguments.Count > 0 && Commands.TryGetValue(arguments[0], out var named)
            ? [named]
            : Commands.Values.ToArray();
        foreach (var make in makers)
        {
            root.Subcommands.Add(make());
        }

        ExampleHelp.AddTo(root, Overview);
        return root;
    }

    /// <summary>The older tool had one command and no word for it: what begins otherwise is `run`.</summary>
    private static IReadOnlyList<string> WithCommandName(IReadOnlyList<string> arguments)
    {
        var isNamed = arguments.Count == 0
            || Commands.ContainsKey(arguments[0])
            || arguments[0] is "--help" or "-h" or "-?" or "--version";
        return isNamed ? arguments : [RunName, .. arguments];
    }

    private static string? FirstError(ParseResult parsed)
    {
        if (parsed.Action is ExampleHelp or { ClearsParseErrors: true })
        {
            return null;
        }

        var words = parsed.UnmatchedTokens.Concat(ArgumentTokens(parsed));
        var unknown = words.FirstOrDefault(token => token.StartsWith('-'));
        if (unknown is not null)
        {
            return $"unknown option '{unknown}'";
        }

        // The parser sets the words that an argument may be on lines of their own.
        return parsed.Errors.Count == 0
            ? null
            : parsed.Errors[0].Message.ReplaceLineEndings("").Replace("\t", " ", StringComparison.Ordinal);
    }

    private static IEnumerable<string> ArgumentTokens(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(t => t.Value);

    private static string CommandPath(ParseResult parsed) =>
        parsed.CommandResult.Parent is null ? "wunderproxy" : $"wunderproxy {parsed.CommandResult.Command.Name}";

    private int Tell(string message, int code)
    {
        error.WriteLine(TerminalText.Escape("wunderproxy: " + message.ReplaceLineEndings(" ")));
        return code;
    }
}
