using System.CommandLine;
using System.CommandLine.Parsing;
using WunderProxy.Configuration;
using WunderProxy.Instance;

namespace WunderProxy.Cli;

/// <summary>
/// Turns arguments into an exit code: parses them, adds the environment, runs one command and prints errors in one
/// line.
/// </summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="environment">Gives the value of an environment variable; null if it is not set.</param>
/// <param name="isTerminal">Whether <paramref name="output"/> is a terminal.</param>
internal sealed class CommandLine(
    TextWriter output, TextWriter error, Func<string, string?> environment, bool isTerminal = false)
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

    // Created on demand: the proxy starts sooner without the options of six other commands.
    private static readonly Dictionary<string, Func<Command>> Commands = new(StringComparer.Ordinal)
    {
        [RunName] = static () => new RunCommand(),
        ["forward"] = static () => new ForwardCommand(),
        ["deploy"] = static () => new DeployCommand(),
        ["rollback"] = static () => new RollbackCommand(),
        ["history"] = static () => new HistoryCommand(),
        ["current"] = static () => new CurrentCommand(),
        ["status"] = static () => new StatusCommand(),
        ["explain"] = static () => new ExplainCommand(),
        ["diff"] = static () => new DiffCommand(),
    };

    /// <summary>Runs one command line and returns its exit code.</summary>
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
    /// <exception cref="UsageException">
    /// A variable of the environment is empty although it must have a value.
    /// </exception>
    public ParseResult Parse(IReadOnlyList<string> arguments) => Parse(arguments, out _);

    private async Task<int> InvokeAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var parsed = Parse(arguments, out var fromEnvironment);
        if (FirstError(parsed) is { } problem)
        {
            if (UnknownCommand(arguments, parsed) is { } unknown)
            {
                return Tell($"{unknown} (see 'wunderproxy --help')", ExitCode.Usage);
            }

            return Tell($"{problem} (see '{CommandPath(parsed)} --help')", ExitCode.Usage);
        }

        // Not for --help, whose action is an option's. What the exceptions need depends on their options, which they
        // check themselves.
        var command = parsed.CommandResult.Command;
        if (command is not (ForwardCommand or StatusCommand or ExplainCommand) && parsed.Action is { } action && action == command.Action)
        {
            OpenSslRequirement.Check($"'{CommandPath(parsed)}'");
        }

        // The services have signal handlers of their own, which drain.
        using var safeOutput = new TerminalWriter(output, isTerminal);
        using var safeError = new TerminalWriter(error);
        var isService = command is RunCommand or ForwardCommand;
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

    /// <summary>Builds the root command, with the named command only or with all of them for the overview.</summary>
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

    /// <summary>
    /// Inserts the command name `run` where none is given: the older tool had a single command without a name.
    /// </summary>
    private static IReadOnlyList<string> WithCommandName(IReadOnlyList<string> arguments)
    {
        var isNamed = arguments.Count == 0
            || Commands.ContainsKey(arguments[0])
            || arguments[0] is "--help" or "-h" or "-?" or "--version";
        return isNamed ? arguments : [RunName, .. arguments];
    }

    /// <summary>
    /// Judges a command line that names no command and is not a complete one of the older tool, <c>BUCKET PREFIX APP</c>:
    /// its first word is most likely a mistyped command.
    /// </summary>
    private static string? UnknownCommand(IReadOnlyList<string> arguments, ParseResult parsed)
    {
        if (arguments.Count == 0 || Commands.ContainsKey(arguments[0]) || arguments[0].StartsWith('-'))
        {
            return null;
        }

        var nearest = NearestName.Find(arguments[0], Commands.Keys);
        var isComplete = ArgumentTokens(parsed).Count() >= RunCommand.ArgumentCount;
        return (nearest, isComplete) switch
        {
            ({ } name, _) => $"unknown command '{arguments[0]}'; did you mean '{name}'?",
            (null, false) => $"unknown command '{arguments[0]}', and without a command BUCKET PREFIX APP are expected",
            _ => null,
        };
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

        // The parser puts the allowed words of an argument on separate lines.
        return parsed.Errors.Count == 0
            ? null
            : parsed.Errors[0].Message.ReplaceLineEndings("").Replace("\t", " ", StringComparison.Ordinal);
    }

    private static IEnumerable<string> ArgumentTokens(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens.Select(token => token.Value));

    private static string CommandPath(ParseResult parsed) =>
        parsed.CommandResult.Parent is null ? "wunderproxy" : $"wunderproxy {parsed.CommandResult.Command.Name}";

    private int Tell(string message, int code)
    {
        error.WriteLine(TerminalText.Escape("wunderproxy: " + message.ReplaceLineEndings(" ")));
        return code;
    }
}
