using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Runs the steps that follow a switch. Traffic already goes to the new container, so a caller must not see a failure:
/// a fault of any type becomes a log line and a warning in <c>/status</c>.
/// </summary>
internal sealed class AfterSwitch(NoticeBoard notices, ILogger log)
{
    /// <summary>Start of the topics of this class's warnings in <c>/status</c>.</summary>
    private const string Topic = "after-switch";

    /// <summary>Runs one step after a switch; never throws.</summary>
    /// <param name="step">Description of the step for the warning, such as <c>retiring unused containers</c>.</param>
    /// <param name="work">The work of the step.</param>
    /// <returns>Whether the step succeeded.</returns>
    public bool Try(string step, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception)
        {
            Note(step, exception);
            return false;
        }
    }

    /// <inheritdoc cref="Try"/>
    public async Task<bool> TryAsync(string step, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception exception)
        {
            Note(step, exception);
            return false;
        }
    }

    /// <summary>Logs a fault and adds a warning; never throws.</summary>
    public void Note(string step, Exception fault)
    {
        try
        {
            DeploymentLog.AfterSwitchFailed(log, step, fault);
            notices.Warn($"{Topic} {step}", $"{step} failed after a switch; traffic is not affected", Describe(fault));
        }
        catch (Exception exception)
        {
            // A logger that throws must not fail the call either.
            Trace.TraceError(exception.Message);
        }
    }

    /// <summary>Returns one line about a fault: its message if that is meant for people, else with its type.</summary>
    public static string Describe(Exception fault) =>
        DeploymentFaults.IsKnown(fault) ? fault.Message : $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
}
