using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>
/// Creates the kinds of options that the commands share. No option has a default: an absent one is null or empty.
/// </summary>
internal static class CliOption
{
    /// <summary>Parses one word; returns false if the word is not of this kind.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    /// <summary>Creates an option for a duration; 0 usually switches something off.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) =>
        Single<TimeSpan?>(name, "DURATION", description, DurationText.Expected, TryParseDuration);

    /// <summary>Creates an option for a size in bytes.</summary>
    public static Option<int?> Size(string name, string description) =>
        Single<int?>(name, "SIZE", description, SizeText.Expected, TryParseSize);

    /// <summary>Creates an option for a size that may be larger than 2 GiB.</summary>
    public static Option<long?> LargeSize(string name, string description) =>
        Single<long?>(name, "SIZE", description, SizeText.Expected, TryParseSize);

    /// <summary>Creates an option for the mode of a socket file.</summary>
    public static Option<UnixFileMode?> FileMode(string name, string description) =>
        Single<UnixFileMode?>(name, "MODE", description, FileModeText.Expected, TryParseFileMode);

    /// <summary>Creates an option for a whole number within bounds.</summary>
    public static Option<int?> Number(string name, string description, int min, int max = int.MaxValue)
    {
        var expected = max == int.MaxValue ? $"a number from {min}" : $"a number from {min} to {max}";
        return Single<int?>(name, "N", description, expected, (string text, out int? value) =>
        {
            var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isNumber && number >= min && number <= max;
        });
    }

    /// <summary>Creates an option for one of a few words.</summary>
    public static Option<T?> Choice<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct
    {
        var words = string.Join('|', choices.Select(choice => choice.Word));
        return Single<T?>(name, words, description, "one of " + words, (string text, out T? value) =>
        {
            var index = Array.FindIndex(choices, choice => choice.Word == text);
            value = index < 0 ? null : choices[index].Value;
            return index >= 0;
        });
    }

    /// <summary>Creates an option for text that is not validated.</summary>
    public static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    /// <summary>
    /// Creates an option for the path of a file or directory; an empty path, as from an unset variable, is refused.
    /// </summary>
    public static Option<string?> Path(string name, string helpName, string description) =>
        Single<string?>(name, helpName, description, helpName == "DIR" ? "a directory" : "a file", TryParsePath);

    /// <summary>Creates an option without a value.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>Creates an option for an address, which may be given several times.</summary>
    public static Option<EndPoint[]> Addresses(string name, string description) =>
        Repeatable<EndPoint>(name, "ADDR", description, SocketAddressText.Expected, SocketAddressText.TryParse);

    /// <summary>Creates an option that may be given once.</summary>
    public static Option<T> Single<T>(
        string name, string helpName, string description, string expected, TryParse<T> tryParse) =>
        new(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, result.Tokens[0].Value, name, expected, tryParse),
        };

    /// <summary>
    /// Creates an option that may be given several times; an environment variable separates the values by commas.
    /// </summary>
    public static Option<T[]> Repeatable<T>(
        string name, string helpName, string description, string expected, TryParse<T> tryParse) =>
        new(name)
        {
            HelpName = helpName,
            Description = description + " (repeatable)",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result =>
                [.. result.Tokens.Select(token => Parse(result, token.Value, name, expected, tryParse)!)],
        };

    private static T? Parse<T>(
        ArgumentResult result, string text, string name, string expected, TryParse<T> tryParse)
    {
        if (tryParse(text, out var value))
        {
            return value;
        }

        result.AddError($"{name}: '{text}' is not {expected}");
        return default;
    }

    private static bool TryParseDuration(string text, out TimeSpan? value)
    {
        var isDuration = DurationText.TryParse(text, out var duration);
        value = duration;
        return isDuration;
    }

    private static bool TryParsePath(string text, out string? value)
    {
        value = text;
        return text.Length > 0;
    }

    private static bool TryParseFileMode(string text, out UnixFileMode? value)
    {
        var isMode = FileModeText.TryParse(text, out var mode);
        value = mode;
        return isMode;
    }

    private static bool TryParseSize(string text, out int? value)
    {
        var isSize = SizeText.TryParse(text, out var bytes);
        value = bytes;
        return isSize;
    }

    private static bool TryParseSize(string text, out long? value)
    {
        var isSize = SizeText.TryParseLarge(text, out var bytes);
        value = bytes;
        return isSize;
    }
}
