using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>Judges the value of one listed field.</summary>
/// <param name="value">The value; never null.</param>
/// <param name="parent">The object that the field stands in.</param>
/// <param name="scope">The rest of the launch.</param>
/// <returns>Why the value is refused; null when it is allowed.</returns>
internal delegate string? FieldRule(JsonNode value, JsonObject parent, RestrictionScope scope);
