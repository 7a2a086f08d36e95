using System.Text.Json.Nodes;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Restrictions;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Launching;

/// <summary>Applies <c>--restrict</c> to launches; without that option everything is allowed.</summary>
internal sealed class LaunchJudge(LifecycleOptions options, DockerEndpoint engine)
{
    /// <summary>Whether <c>--restrict</c> is given.</summary>
    public bool IsOn => options.Restriction is not null;

    /// <summary>Throws if the launch is not allowed.</summary>
    /// <param name="config">The launch config.</param>
    /// <param name="body">The create body as it goes to the engine.</param>
    /// <param name="publishAddress">Address on which the application's own port is published.</param>
    /// <exception cref="RestrictedFieldException">A field is not allowed; the exception names the field.</exception>
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
