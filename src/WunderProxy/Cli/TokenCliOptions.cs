using System.CommandLine;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>The token of the manager API, given as it is or by a file.</summary>
internal sealed class TokenCliOptions(string tokenDescription, string fileDescription)
{
    private const string TokenName = "--api-token";
    private const string FileName = "--api-token-file";

    private readonly Option<string?> _token = CliOption.Text(TokenName, "TOKEN", tokenDescription);
    private readonly Option<string?> _file = CliOption.Text(FileName, "FILE", fileDescription);

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_token);
        command.Options.Add(_file);
    }

    /// <summary>
    /// The token, or the file that holds it; both null when neither was given. What the command line says counts before
    /// the environment. Warns of what other users of the machine can read.
    /// </summary>
    /// <exception cref="UsageException">The token is empty or none, or both were given in one place.</exception>
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

    /// <summary>The variable that an option came from; null when it came from the command line.</summary>
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
