using System.CommandLine;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Cli;

/// <summary>The command-line options about what is held of responses for slow clients, and of requests.</summary>
internal sealed class BufferCliOptions
{
    private readonly Option<bool> _requests = CliOption.Flag(
        "--buffer-requests", "Contact the upstream only when a request is complete; a body beyond the bounds gets 413");

    private readonly Option<bool> _noResponses = CliOption.Flag(
        "--no-buffer-responses", "Let the upstream wait for slow clients, instead of holding what they have not taken");

    private readonly Option<long?> _memory = CliOption.LargeSize(
        "--buffer-memory", "Most memory for bodies that are held, over all connections [default: 256MiB]");

    private readonly Option<long?> _disk = CliOption.LargeSize(
        "--buffer-disk", "Most room in temporary files for bodies that are held; 0: memory only [default: 4GiB]");

    private readonly Option<string?> _directory = CliOption.Path(
        "--buffer-directory", "DIR", "Where temporary files are made [default: buffers in the state directory, or /var/tmp]");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_requests);
        command.Options.Add(_noResponses);
        command.Options.Add(_memory);
        command.Options.Add(_disk);
        command.Options.Add(_directory);
    }

    /// <summary>Whether requests are held until their bodies are complete.</summary>
    public bool BuffersRequests(ParseResult parsed) => parsed.GetValue(_requests);

    /// <summary>Whether responses are buffered.</summary>
    public bool BuffersResponses(ParseResult parsed) => !parsed.GetValue(_noResponses);

    /// <summary>Converts the options; null if nothing is buffered.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="defaultDirectory">Directory of temporary files if none is given.</param>
    public BufferOptions? Map(ParseResult parsed, string defaultDirectory)
    {
        if (!BuffersResponses(parsed) && !BuffersRequests(parsed))
        {
            return null;
        }

        var defaults = new BufferOptions();
        return new BufferOptions
        {
            MemoryBytes = parsed.GetValue(_memory) ?? defaults.MemoryBytes,
            DiskBytes = parsed.GetValue(_disk) ?? defaults.DiskBytes,
            Directory = parsed.GetValue(_directory) ?? defaultDirectory,
        };
    }
}
