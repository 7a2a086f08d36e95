namespace WunderProxy.Deployments.History;

/// <summary>Thrown when another deployer was first; nothing was written.</summary>
/// <param name="holder">Name of the other deployer.</param>
/// <param name="message">One clear sentence that names the holder.</param>
public sealed class LeaseHeldException(string holder, string message) : Exception(message)
{
    /// <summary>Name of the deployer who was first.</summary>
    public string Holder { get; } = holder;
}
