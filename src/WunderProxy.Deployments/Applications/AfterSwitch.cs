using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Carries out the steps that follow a switch. Traffic goes to the new container by then, so a caller must not be told of
/// a failure: a fault of any type ends here, as a log line and a warning in <c>/status</c>.
/// </summary>
internal sealed class AfterSwitch(NoticeBoard notices, ILogger log)
{
    /// <summary>The warnings in <c>/status</c> that this class puts up.</summary>
    private const string Topic = "after-switch";

    /// <summary>Carries out one step; never throws.</summary>
    /// <param name="step">What the step does, for the warning: <c>retiring unused containers</c>.</param>
    /// <param name="work">The step.</param>
    /// <returns>Whether the step succeeded.</returns>
    public bool Try(string step, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception fault)
        {
            Note(step, fault);
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
        catch (Exception fault)
        {
            Note(step, fault);
            return false;
        }
    }

    /// <summary>Logs a fault and warns of it; never throws.</summary>
    public void Note(string step, Exception fault)
    {
        try
        {
            DeploymentLog.AfterSwitchFailed(log, step, fault);
            notices.Warn($"{Topic} {step}", $"{step} failed after a switch; traffic is not affected", Describe(fault));
        }
        catch (Exception lost)
        {
            // A logger that throws must not fail the call either.
            Trace.TraceError(lost.Message);
        }
    }

    /// <summary>One line about a fault: its own words when they are meant for people, else also its type.</summary>
    public static string Describe(Exception fault) =>
        DeploymentFaults.IsKnown(fault) ? fault.Message : $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
}
