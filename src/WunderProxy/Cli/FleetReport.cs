using WunderProxy.Deployments.Contracts;
using WunderProxy.Fleet;

namespace WunderProxy.Cli;

/// <summary>
/// Prints the progress of a deploy: in place on a terminal, one line per step in a pipe. If the output fails, the
/// deploy goes on.
/// </summary>
internal sealed class FleetReport(TerminalWriter output, TextWriter error) : IFleetReport
{
    private const int BarWidth = 24;
    private const string ClearLine = "\r\u001b[K";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _lastSteps = new(StringComparer.Ordinal);
    private bool _hasOpenLine;
    private bool _isLost;

    /// <inheritdoc/>
    public void Tell(string manager, string message)
    {
        lock (_gate)
        {
            Try(() =>
            {
                CloseLine();
                output.WriteLine(TerminalText.Escape($"{manager}: {message}"));
            });
        }
    }

    /// <inheritdoc/>
    public void Fail(string manager, string message)
    {
        lock (_gate)
        {
            Try(CloseLine);
            error.WriteLine(TerminalText.Escape($"{manager}: {message}"));
        }
    }

    /// <inheritdoc/>
    public void Progress(string manager, DeploymentProgress step)
    {
        lock (_gate)
        {
            Try(() => WriteStep(manager, step));
        }
    }

    private void WriteStep(string manager, DeploymentProgress step)
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

    private void CloseLine()
    {
        output.WriteControl(_hasOpenLine ? ClearLine : string.Empty);
        _hasOpenLine = false;
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is CommandFailedException or IOException)
        {
            if (!_isLost)
            {
                error.WriteLine($"wunderproxy: {exception.Message}; the work goes on");
            }

            _isLost = true;
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
