using System.Diagnostics;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>What the program has spent up to a moment.</summary>
/// <param name="ProcessorTime">Of all its threads.</param>
/// <param name="LogLines">Written to both outputs.</param>
internal readonly record struct Effort(TimeSpan ProcessorTime, int LogLines)
{
    public static Effort Of(WunderProxyProcess program)
    {
        using var process = Process.GetProcessById(program.Id);
        return new Effort(process.TotalProcessorTime, LinesOf(program.Output) + LinesOf(program.Errors));
    }

    public Effort Since(Effort earlier) => new(ProcessorTime - earlier.ProcessorTime, LogLines - earlier.LogLines);

    public override string ToString() => $"{ProcessorTime.TotalSeconds:0.00} s of processor time, {LogLines} log lines";

    private static int LinesOf(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
