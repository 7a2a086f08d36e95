using System.CommandLine;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>The options for the manager API's token, given directly or in a file.</summary>
internal sealed class TokenCliOptions(string tokenDescription, string fileDescription)
{
    private const string TokenName = "--api-token";
    private const string FileName = "--api-token-file";

    private readonly Option<string?> _token = CliOption.Text(TokenName, "TOKEN", tokenDescription);
    private readonly Option<string?> _file = CliOption.Text(FileName, "FILE", fileDescription);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_token);
        command.Options.Add(_file);
    }

    /// <summary>
    /// Returns the token or the file that contains it; both are null if neither was given. The command line takes
    /// precedence over the environment. Warns about secrets that other users of the machine can read.
    /// </summary>
    /// <exception cref="UsageException">
    /// The token is empty or invalid, or both options were given in one place.
    /// </exception>
    public (string? Token, string? File) Map(ParseResult parsed)
    {
        var (token, file) = (parsed.GetValue(_token), parsed.GetValue(_file));
        var (tokenVariable, fileVariable) = (VariableOf(parsed, TokenName), VariableOf(parsed, FileName));
        if (token is not null && file is not null)
        {
            if (tokenVariable is null == fileVariable is null)
            {
                throw new UsageException($"{tokenVariable ?? TokenName} and {fileVariable ?? FileName}: give one of them");
            }

            token = tokenVariable is null ? token : null;
            file = fileVariable is null ? file : null;
        }

        if (file is not null)
        {
            if (string.IsNullOrWhiteSpace(file))
            {
                throw new UsageException($"{fileVariable ?? FileName} is empty: it names no file");
            }

            Warn(parsed, SecretFile.WarningOf(FileName, file));
            return (null, file);
        }

        if (token is null)
        {
            return (null, null);
        }

        token = ApiToken.Parse(token, tokenVariable ?? TokenName);
        Warn(parsed, tokenVariable is null
            ? $"{TokenName} on the command line is visible to every user of this machine (ps); "
                + $"use {FileName} or {EnvironmentArguments.VariableOf(TokenName)}"
            : null);
        return (token, null);
    }

    /// <summary>Returns the variable from which an option came, or null if it came from the command line.</summary>
    private static string? VariableOf(ParseResult parsed, string option) =>
        parsed.InvocationConfiguration is CommandInvocation { FromEnvironment: var names } && names.Contains(option)
            ? EnvironmentArguments.VariableOf(option)
            : null;

    private static void Warn(ParseResult parsed, string? warning)
    {
        if (warning is not null)
        {
            parsed.InvocationConfiguration.Error.WriteLine("wunderproxy: warning: " + warning);
        }
    }
}
