using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>Decides about the value of one listed field.</summary>
/// <param name="value">The value of the field; never null.</param>
/// <param name="parent">The object that contains the field.</param>
/// <param name="scope">The rest of the launch.</param>
/// <returns>Why the value is refused, or null if it is allowed.</returns>
internal delegate string? FieldRule(JsonNode value, JsonObject parent, RestrictionScope scope);
