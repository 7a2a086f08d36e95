using System.Diagnostics;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>Runs a program of this machine to its end and returns its output.</summary>
internal static class HostProgram
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program, without the proxy settings of our own environment.</summary>
    /// <param name="program">Name or path of the program.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <param name="variables">Variables added to its environment.</param>
    /// <param name="input">Its standard input.</param>
    /// <exception cref="AssertionException">The program does not end in time.</exception>
    public static async Task<ProgramResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null,
        Stream? input = null)
    {
        using var process = Process.Start(Describe(program, arguments, variables))!;
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await FeedAsync(process, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ProgramResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new AssertionException($"{program} still runs after {Deadline.TotalSeconds} s", exception);
        }
    }

    /// <summary>Runs a program and fails the test unless it ends with exit code 0.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ProgramResult> SucceedAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null,
        Stream? input = null)
    {
        string[] line = [.. arguments];
        var result = await RunAsync(program, line, variables, input);
        Assert.That(result.ExitCode, Is.Zero, $"{program} {string.Join(' ', line)}: {result}");
        return result;
    }

    /// <summary>Describes how to start a program with all streams redirected.</summary>
    public static ProcessStartInfo Describe(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(MachineProgram.PathOf(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsProxySetting).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static bool IsProxySetting(string name) => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);

    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        await using var standardInput = process.StandardInput.BaseStream;
        if (input is not null)
        {
            await input.CopyToAsync(standardInput, cancellationToken);
        }
    }
}
