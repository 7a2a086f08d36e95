using WunderProxy.Deployments.Lifecycle;
using WunderProxy.Managers;

namespace WunderProxy.Cli;

/// <summary>
/// Tells the course of a deploy: on a terminal progress moves in place, in a pipe each step is a line.
/// </summary>
internal sealed class FleetReport(TerminalWriter output) : IFleetReport
{
    private const int BarWidth = 24;
    private const string ClearLine = "\r\u001b[K";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _lastSteps = new(StringComparer.Ordinal);
    private bool _hasOpenLine;

    /// <inheritdoc/>
    public void Tell(string manager, string message)
    {
        lock (_gate)
        {
            output.WriteControl(_hasOpenLine ? ClearLine : string.Empty);
            _hasOpenLine = false;
            output.WriteLine(TerminalText.Escape($"{manager}: {message}"));
        }
    }

    /// <inheritdoc/>
    public void Progress(string manager, DeploymentProgress step)
    {
        lock (_gate)
        {
            if (output.IsTerminal)
            {
                output.WriteControl(ClearLine);
                output.Write(TerminalText.Escape($"{manager}: {step.Message} {Bar(step)}"));
                output.Flush();
                _hasOpenLine = true;
            }
            else if (_lastSteps.GetValueOrDefault(manager) != step.Step)
            {
                _lastSteps[manager] = step.Step;
                output.WriteLine(TerminalText.Escape($"{manager}: {step.Message}"));
            }
        }
    }

    private static string Bar(DeploymentProgress step)
    {
        if (step is not { Done: { } done, Total: > 0 and { } total })
        {
            return string.Empty;
        }

        var filled = (int)(Math.Clamp((double)done / total, 0, 1) * BarWidth);
        return $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {100 * done / total}%";
    }
}
