using System.CommandLine;
using System.Globalization;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Hosting;

namespace WunderProxy.Cli;

/// <summary>The command-line options about the access log.</summary>
internal sealed class AccessLogCliOptions
{
    private const long DefaultFileBytes = 100L * 1024 * 1024;
    private const int DefaultOldFiles = 5;
    private const int MostOldFiles = 1_000;

    private readonly Option<AccessLogChoice?> _form = CliOption.Choice<AccessLogChoice>(
        "--access-log",
        "Access log on standard output, or in a file [default: text]",
        ("none", AccessLogChoice.None),
        ("text", AccessLogChoice.Text),
        ("json", AccessLogChoice.Json));

    private readonly Option<string?> _file = CliOption.Path(
        "--access-log-file", "FILE", "Where the access log goes, opened anew on SIGHUP [default: standard output]");

    private readonly Option<long?> _fileSize = CliOption.LargeSize(
        "--access-log-file-size", "Size at which the access log's file becomes FILE.1; 0: never [default: 100MiB]");

    private readonly Option<int?> _fileCount = CliOption.Number(
        "--access-log-file-count", "How many such files are kept, FILE.1 and on [default: 5]", 0, MostOldFiles);

    private readonly Option<double?> _sample = CliOption.Single<double?>(
        "--access-log-sample",
        "SHARE",
        "Share of the requests that went well that are logged: 0 to 1, or 10%; others always [default: 1]",
        "a share from 0 to 1, or 0% to 100%",
        TryParseShare);

    private enum AccessLogChoice
    {
        None,
        Text,
        Json,
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_form);
        command.Options.Add(_file);
        command.Options.Add(_fileSize);
        command.Options.Add(_fileCount);
        command.Options.Add(_sample);
    }

    /// <summary>Converts the options, and opens the file.</summary>
    /// <exception cref="UsageException">The file cannot be opened, or an option means nothing without another one.</exception>
    public ForwarderOptions Map(ParseResult parsed, ForwarderOptions options)
    {
        var form = parsed.GetValue(_form) ?? AccessLogChoice.Text;
        var file = parsed.GetValue(_file);
        Require(form != AccessLogChoice.None || file is null, _file, _form.Name + " text or json");
        Require(file is not null || parsed.GetValue(_fileSize) is null, _fileSize, _file.Name);
        Require(file is not null || parsed.GetValue(_fileCount) is null, _fileCount, _file.Name);
        return options with
        {
            AccessLog = form == AccessLogChoice.None ? null : file is null ? new StandardOutputLog() : Open(parsed, file),
            AccessLogFormat = form == AccessLogChoice.Json ? AccessLogFormat.Json : AccessLogFormat.Text,
            AccessLogSample = parsed.GetValue(_sample) ?? 1,
        };
    }

    private AccessLogFile Open(ParseResult parsed, string path)
    {
        try
        {
            return new AccessLogFile(
                path,
                parsed.GetValue(_fileSize) ?? DefaultFileBytes,
                parsed.GetValue(_fileCount) ?? DefaultOldFiles,
                TimeProvider.System);
        }
        catch (IOException exception)
        {
            throw new UsageException($"{_file.Name}: {exception.Message}", exception);
        }
    }

    private static void Require(bool isMet, Option option, string other)
    {
        if (!isMet)
        {
            throw new UsageException($"{option.Name} needs {other}");
        }
    }

    private static bool TryParseShare(string text, out double? value)
    {
        var isPercent = text.EndsWith('%');
        var isNumber = double.TryParse(
            isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        value = isPercent ? number / 100 : number;
        return isNumber && value is >= 0 and <= 1;
    }
}
