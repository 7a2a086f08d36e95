using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>What the rules for single fields need to know about the launch.</summary>
/// <param name="App">The application, whose volumes begin with this name.</param>
/// <param name="Restriction">What is allowed in addition to harmless fields.</param>
/// <param name="Binds">Decides about paths of the machine.</param>
/// <param name="PublishAddress">
/// Address on which this program publishes the application's port; empty for all addresses.
/// </param>
/// <param name="Body">The whole create body.</param>
internal sealed record RestrictionScope(
    string App, LaunchRestriction Restriction, BindPaths Binds, string PublishAddress, JsonObject Body);
