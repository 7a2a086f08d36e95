using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace WunderProxy.Cli;

/// <summary>Prints the help of a command, wrapped at a readable width and followed by an example.</summary>
internal sealed class ExampleHelp(string example) : SynchronousCommandLineAction
{
    private const int Width = 110;

    private readonly HelpAction _help = new() { MaxWidth = Width };

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives <paramref name="command"/> its own help option, whose output ends with an example.</summary>
    public static void AddTo(Command command, string example)
    {
        foreach (var existing in command.Options.OfType<HelpOption>().ToArray())
        {
            command.Options.Remove(existing);
        }

        command.Options.Add(new HelpOption { Action = new ExampleHelp(example) });
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        foreach (var line in example.Split('\n'))
        {
            output.WriteLine("  " + line);
        }

        return code;
    }
}
