namespace WunderProxy.Deployments.History;

/// <summary>Another deployer was there first; nothing was written.</summary>
/// <param name="holder">Who it is.</param>
/// <param name="message">One clear sentence that names the holder.</param>
public sealed class LeaseHeldException(string holder, string message) : Exception(message)
{
    /// <summary>Who was first: the deployer's name.</summary>
    public string Holder { get; } = holder;
}
