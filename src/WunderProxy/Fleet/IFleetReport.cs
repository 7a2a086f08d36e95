using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Fleet;

/// <summary>Receives reports about each manager while a deploy or rollback runs.</summary>
internal interface IFleetReport
{
    /// <summary>Reports a step that succeeded on a manager.</summary>
    void Tell(string manager, string message);

    /// <summary>Reports a failure on a manager.</summary>
    void Fail(string manager, string message);

    /// <summary>Reports the progress of a launch.</summary>
    void Progress(string manager, DeploymentProgress step);
}
