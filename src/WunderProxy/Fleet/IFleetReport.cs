using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Fleet;

/// <summary>Hears what happens on each manager while a deploy or rollback runs.</summary>
internal interface IFleetReport
{
    /// <summary>Something happened on a manager.</summary>
    void Tell(string manager, string message);

    /// <summary>Something went wrong on a manager.</summary>
    void Fail(string manager, string message);

    /// <summary>A launch goes on.</summary>
    void Progress(string manager, DeploymentProgress step);
}
