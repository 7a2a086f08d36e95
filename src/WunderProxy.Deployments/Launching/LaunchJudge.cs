using System.Text.Json.Nodes;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Restrictions;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Launching;

/// <summary>Holds launches to <c>--restrict</c>; without that option everything is allowed.</summary>
internal sealed class LaunchJudge(LifecycleOptions options, DockerEndpoint engine)
{
    /// <summary>Whether there is anything to judge by.</summary>
    public bool IsOn => options.Restriction is not null;

    /// <summary>Lets a launch pass or ends it.</summary>
    /// <param name="config">The launch config.</param>
    /// <param name="body">The create body as it goes to the engine.</param>
    /// <param name="publishAddress">Where the application's own port is published.</param>
    /// <exception cref="RestrictedFieldException">A field is not allowed; it is named.</exception>
    public void Demand(LaunchConfig config, JsonObject body, string publishAddress)
    {
        if (options.Restriction is not { } restriction)
        {
            return;
        }

        var binds = new BindPaths(restriction.BindDirectories, engine);
        RestrictedBody.Demand(new RestrictionScope(options.App, restriction, binds, publishAddress, body));
        if (config.ImageBucket.StartsWith(ObjectStores.DirectoryScheme, StringComparison.Ordinal)
            && binds.Refusal(config.ImageBucket[ObjectStores.DirectoryScheme.Length..]) is { } reason)
        {
            throw new RestrictedFieldException("ImageBucket", reason);
        }
    }
}
