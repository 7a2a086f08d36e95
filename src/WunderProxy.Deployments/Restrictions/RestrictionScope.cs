using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>What the rules for single fields need to know of the launch.</summary>
/// <param name="App">The application; its volumes begin with this name.</param>
/// <param name="Restriction">What is allowed beside harmless fields.</param>
/// <param name="Binds">Judges paths of the machine.</param>
/// <param name="PublishAddress">Where we publish the application's port by ourselves; empty for all addresses.</param>
/// <param name="Body">The create body as a whole.</param>
internal sealed record RestrictionScope(
    string App, LaunchRestriction Restriction, BindPaths Binds, string PublishAddress, JsonObject Body);
