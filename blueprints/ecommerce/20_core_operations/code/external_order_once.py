# Runs in Odoo as superuser, inside the save: an error undoes the save.
for order in records:
    twin = env['sale.order'].sudo().search([
        ('client_order_ref', '=', order.client_order_ref), ('team_id', '=', order.team_id.id),
        ('company_id', '=', order.company_id.id), ('state', '!=', 'cancel'), ('id', '!=', order.id)], limit=1)
    if twin and order.team_id:
        raise UserError('Order %s of %s is here already as %s' % (order.client_order_ref, order.team_id.name, twin.name))
